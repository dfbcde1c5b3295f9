-- A number is proved before the patient leaves (WARD 10): identity.proved_at says when.
ALTER TABLE identity ADD COLUMN proved_how TEXT; -- 'ring', 'code', 'page': rang at the bedside; its code was told to staff; typed on the page
ALTER TABLE identity ADD COLUMN proved_by TEXT;  -- login of who had it proved
ALTER TABLE message ADD COLUMN address INTEGER;  -- identity.id: it goes to this number alone

CREATE TABLE proof (                    -- the code that a number was sent last
  identity INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL,
  code TEXT NOT NULL,
  by_who TEXT NOT NULL,                 -- login
  sent_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  sent INTEGER NOT NULL,                -- codes since begun_at: no more than some an hour
  begun_at INTEGER NOT NULL,
  wrong INTEGER NOT NULL DEFAULT 0,     -- tries of this code
  message INTEGER NOT NULL
) STRICT;
