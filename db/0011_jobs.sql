-- Recurring jobs of departments (aw.job): when each begins next, and what its runs did.
CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  department TEXT NOT NULL, name TEXT NOT NULL,
  rhythm TEXT NOT NULL,                 -- its times and their zone, of which next_at was made
  next_at INTEGER NOT NULL              -- its row in due
) STRICT;
CREATE UNIQUE INDEX job_name ON job (department, name);

CREATE TABLE job_run (                  -- one turn each, committed with all that it did
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL, department TEXT NOT NULL, name TEXT NOT NULL, bundle INTEGER NOT NULL,
  scheduled_at INTEGER NOT NULL, at INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status='done' OR status='stuck'), cause TEXT,
  body BLOB                             -- its records, as those of journal
) STRICT;
CREATE INDEX job_run_job ON job_run (job, at);
