-- What a connector got and could not make an event of: kept until a person has it replayed, or dropped with a reason.
CREATE TABLE dead_letter (
  id          INTEGER PRIMARY KEY,
  connector   TEXT    NOT NULL,                    -- name in the configuration
  source_id   TEXT    NOT NULL DEFAULT '',         -- the sender's own id of the message
  reason      TEXT    NOT NULL,                    -- a sentence
  body        BLOB    NOT NULL,                    -- UTF-8, as its plugin wants it back
  times       INTEGER NOT NULL DEFAULT 1,          -- how often it came
  received_at INTEGER NOT NULL,                    -- last
  state       TEXT    NOT NULL DEFAULT 'open',     -- open replayed dropped
  ended_at    INTEGER,
  ended_by    TEXT,
  note        TEXT                                 -- why it was dropped
) STRICT;
CREATE UNIQUE INDEX dead_letter_open ON dead_letter (connector, source_id) WHERE state = 'open' AND source_id <> '';
