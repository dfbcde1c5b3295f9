-- What reports count. A closed case as it is counted: narrow, in the order of its coming, derived from case_file, clock and question when it
-- closes and anew when it is corrected (case_figure.c); what is open, or was closed before this table was, is read from those themselves.
CREATE TABLE case_figure (
  received_at INTEGER NOT NULL, enrollment INTEGER NOT NULL,
  department TEXT NOT NULL, lead TEXT, stage TEXT, type TEXT, nature TEXT, channel TEXT, tier TEXT, ward TEXT,
  words TEXT,                           -- phrases that said so, apart by 、
  clocks TEXT,                          -- of all rounds: "dispatch=met resolution=late"
  closed TEXT,
  stars INTEGER, took INTEGER,          -- ms to the first answer
  asked INTEGER NOT NULL,               -- whether they are satisfied
  PRIMARY KEY (received_at, enrollment)
) STRICT, WITHOUT ROWID;
ALTER TABLE case_file ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX case_uncounted ON case_file (received_at) WHERE counted = 0;

-- What a department mends because of what was said: somebody's task, whose end parts before from after.
CREATE TABLE improvement (
  id INTEGER PRIMARY KEY,
  department TEXT NOT NULL,             -- whose cases these are
  title TEXT NOT NULL,
  lead TEXT, stage TEXT, type TEXT, ward TEXT, -- which cases it should make fewer; NULL: any
  task INTEGER NOT NULL,                -- owner, due, whether it is done
  opened_at INTEGER NOT NULL, opened_by TEXT NOT NULL
) STRICT;
CREATE TABLE improvement_case (
  improvement INTEGER NOT NULL, enrollment INTEGER NOT NULL,
  PRIMARY KEY (improvement, enrollment)
) STRICT, WITHOUT ROWID;

-- "You said, we did": words for the public, written by a person, about one case.
CREATE TABLE said (
  id INTEGER PRIMARY KEY,
  enrollment INTEGER NOT NULL REFERENCES case_file,
  you_said TEXT NOT NULL, we_did TEXT NOT NULL, place TEXT,
  at INTEGER NOT NULL, by_who TEXT NOT NULL,
  withdrawn_at INTEGER, withdrawn_by TEXT
) STRICT;
CREATE UNIQUE INDEX said_case ON said (enrollment) WHERE withdrawn_at IS NULL;
