-- Scripts that change while patients are on them: what became active when, what the files hold that is not active, and
-- whose plans are yet to be made again.

CREATE TABLE activation (               -- the history of each department's scripts; never edited
  id INTEGER PRIMARY KEY,
  department TEXT NOT NULL, bundle INTEGER NOT NULL REFERENCES bundle,
  at INTEGER NOT NULL, by_who TEXT NOT NULL, -- a login, or start, files, signal
  way TEXT NOT NULL CHECK (way='files' OR way='asked' OR way='back'),
  files TEXT,                           -- hash of the files on the disk that it was made of; NULL: not from the disk
  git TEXT                              -- commit that their checkout was at
) STRICT;
CREATE INDEX activation_department ON activation (department);
INSERT INTO activation (department, bundle, at, by_who, way)
  SELECT department, id, coalesce(activated_at, 0), coalesce(activated_by, 'start'), 'files' FROM bundle WHERE active = 1;

CREATE TABLE candidate (                -- a department's files as they are now, when they are not what is active
  department TEXT PRIMARY KEY,
  files TEXT NOT NULL,                  -- hash of them: the same are not tried again
  status TEXT NOT NULL CHECK (status='held' OR status='refused' OR status='withdrawn'),
  bundle INTEGER REFERENCES bundle,     -- what they make; NULL of refused ones
  at INTEGER NOT NULL, by_who TEXT NOT NULL,
  git TEXT,
  reason TEXT NOT NULL,                 -- one sentence
  problems BLOB,                        -- encoded list of { file, line, message, warning }
  output TEXT,                          -- what the specs said
  report BLOB                           -- what it would do to live runs, encoded
) STRICT, WITHOUT ROWID;

CREATE TABLE replan (                   -- departments whose schedule has changed
  department TEXT PRIMARY KEY,
  since INTEGER NOT NULL,               -- what the new schedule has before this is past, and not made up
  done INTEGER NOT NULL                 -- 0: enrollments are still being looked at
) STRICT, WITHOUT ROWID;

-- Those with nothing ahead have no row in due; a new schedule may give them something.
CREATE INDEX enrollment_unplanned ON enrollment (department) WHERE status = 'active' AND next_at IS NULL;

-- What newer scripts no longer declare and open work still refers to by its name: it stays as it last was.
CREATE TABLE departed (
  department TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  bundle INTEGER NOT NULL REFERENCES bundle, -- the last version that declared it
  PRIMARY KEY (department, kind, id)
) STRICT, WITHOUT ROWID;
