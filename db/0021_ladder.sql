-- An ask or a send by rungs: it goes on to the next one by itself, and every rung keeps what became of it.
CREATE TABLE ladder (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL, run INTEGER NOT NULL, question INTEGER,
  kind TEXT NOT NULL CHECK (kind='ask' OR kind='send'),
  name TEXT NOT NULL,                   -- form or template
  args BLOB NOT NULL,                   -- of the call, `via` among them
  at INTEGER NOT NULL DEFAULT 0,        -- position of the rung it is on
  due_at INTEGER,                       -- its row in due
  opened_at INTEGER NOT NULL,
  taken_at INTEGER,                     -- by the first channel, or post, that took it
  closed_at INTEGER, reason TEXT
) STRICT;
CREATE INDEX ladder_run ON ladder (run);
CREATE INDEX ladder_open ON ladder (question) WHERE closed_at IS NULL AND question IS NOT NULL;

CREATE TABLE rung (
  ladder INTEGER NOT NULL REFERENCES ladder, position INTEGER NOT NULL,
  place INTEGER NOT NULL,               -- in `via`, which is not always the order for this patient
  channel TEXT NOT NULL, audience TEXT NOT NULL,
  message INTEGER, task INTEGER,
  began_at INTEGER,
  taken_at INTEGER,                     -- the channel, or the post, has it: its time counts from here
  left_at INTEGER, why TEXT,            -- went on to the next one
  PRIMARY KEY (ladder, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX rung_message ON rung (message) WHERE message IS NOT NULL;
CREATE INDEX rung_task ON rung (task) WHERE task IS NOT NULL;

-- Of an ask or a send by several roads, its first message: together they are one contact. NULL: by one road.
ALTER TABLE message ADD COLUMN first INTEGER;
CREATE INDEX message_first ON message (first) WHERE first IS NOT NULL;
ALTER TABLE message ADD COLUMN read_at INTEGER;  -- by a receipt that says so
ALTER TABLE question ADD COLUMN seen_at INTEGER; -- its page was opened, last when
