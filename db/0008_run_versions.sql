-- Runs and the versions of their scripts.
CREATE TABLE run_version (              -- a newer version was tried when the run resumed
  run INTEGER NOT NULL, bundle INTEGER NOT NULL, -- the version tried
  began INTEGER NOT NULL,               -- the one it was on
  at INTEGER NOT NULL,
  position INTEGER NOT NULL,            -- records that the tried one agreed with
  reason TEXT,                          -- NULL: it moved; else why it stayed
  waived_at INTEGER, waived_by TEXT, waived_reason TEXT, -- somebody said that it may stay
  PRIMARY KEY (run, bundle)
) STRICT, WITHOUT ROWID;
-- Live runs of a department: replayed before its scripts change, listed by what they wait for.
CREATE INDEX run_department ON run (department) WHERE ended_at IS NULL;
ALTER TABLE run ADD COLUMN paused_by TEXT;   -- a person paused it: the enrollment's resuming leaves it alone
