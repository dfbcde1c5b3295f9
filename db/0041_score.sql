-- What a score or a model gave a patient, with the inputs that it counted and the version that counted them.
CREATE TABLE score (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL, enrollment INTEGER, run INTEGER NOT NULL,
  department TEXT NOT NULL,
  name TEXT NOT NULL, version TEXT NOT NULL,
  at INTEGER NOT NULL,
  value REAL,                           -- NULL: something was missing or outside of what it was made for
  level TEXT,
  body BLOB NOT NULL                    -- all of the result: inputs, parts, what was missing
) STRICT;
CREATE INDEX score_patient ON score (patient);
