-- How a channel does, and what waits for it: nothing of that is looked at message by message.
CREATE TABLE channel (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  shut TEXT CHECK (shut='breaker' OR shut='channel-config' OR shut='delayed' OR shut='rate'), -- why nothing leaves by it
  since INTEGER, until INTEGER, pause INTEGER, -- shut since, until; the breaker's present pause
  trying INTEGER NOT NULL DEFAULT 0,    -- one is on its way to see whether anybody is there
  lost INTEGER NOT NULL DEFAULT 0, wrong INTEGER NOT NULL DEFAULT 0, -- tries in a row without a provider, with wrong settings
  error TEXT,                           -- of the last of these
  due_at INTEGER, alert INTEGER,
  day INTEGER, sent INTEGER NOT NULL DEFAULT 0 -- claims of the day that began then, where there is a limit
) STRICT;
CREATE TABLE waiting (                  -- held messages that leave in this order; each has its due row when it ends unsent
  channel INTEGER NOT NULL REFERENCES channel, urgency INTEGER NOT NULL, since INTEGER NOT NULL,
  message INTEGER NOT NULL REFERENCES message,
  rung INTEGER NOT NULL,                -- 1: its ladder goes on when the channel is shut
  PRIMARY KEY (channel, urgency, since, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_rung ON waiting (channel) WHERE rung=1;
CREATE UNIQUE INDEX waiting_message ON waiting (message);
-- Tries that say nothing of the message: 1 nobody was there, 2 not tried at all.
ALTER TABLE attempt ADD COLUMN lost INTEGER;
