-- What patients show, and the cards they carry home.

CREATE TABLE attachment (               -- a photo given on a page; its bytes are a file beside the database (store/blob.h)
  id TEXT PRIMARY KEY,                  -- random, public, the file's name, and the answer's value
  question INTEGER NOT NULL, item TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind='jpeg' OR kind='png' OR kind='webp' OR kind='heic'),
  bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_question ON attachment (question, item);

CREATE TABLE card (                     -- the code printed on a discharge card: leads to whatever is open
  code TEXT PRIMARY KEY,
  patient INTEGER NOT NULL, created_at INTEGER NOT NULL,
  wrong INTEGER NOT NULL DEFAULT 0, wrong_at INTEGER -- second factors that failed, last when
) STRICT, WITHOUT ROWID;
CREATE INDEX card_patient ON card (patient);
