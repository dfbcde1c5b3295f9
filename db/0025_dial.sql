-- Calls that somebody asked a PBX, or a voice robot, for: what is known of each, and what it says of the task's result.
CREATE TABLE dial (
  id INTEGER PRIMARY KEY,
  task INTEGER NOT NULL, patient INTEGER NOT NULL,
  identity INTEGER NOT NULL,            -- the number that is rung
  channel TEXT NOT NULL,
  key TEXT NOT NULL,                    -- what the PBX calls it; random, says nothing of anybody
  provider_id TEXT,                     -- what the PBX calls it otherwise
  by_who TEXT NOT NULL, extension TEXT, -- who pressed dial, and the desk phone that rings first
  at INTEGER NOT NULL,
  -- accepted: the PBX has it; unknown: it may be ringing
  status TEXT NOT NULL CHECK (status='in_flight' OR status='accepted' OR status='unknown' OR status='answered' OR
    status='busy' OR status='no-answer' OR status='rejected' OR status='off' OR status='void' OR status='failed'),
  ended_at INTEGER, seconds INTEGER, detail TEXT,
  recording TEXT,                       -- the PBX's name of it
  code TEXT, note TEXT,                 -- the result code that it proposes (WARD 12)
  said_at INTEGER,                      -- when a robot gave that, or the answers
  call INTEGER                          -- its row in call, until whoever closes the task has confirmed it
) STRICT;
CREATE UNIQUE INDEX dial_key ON dial (key);
CREATE INDEX dial_task ON dial (task);
CREATE INDEX dial_provider ON dial (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX dial_under_way ON dial (status) WHERE status='in_flight';
