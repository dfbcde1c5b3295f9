-- What staff did with runs is shown with each.
CREATE INDEX audit_run ON audit (object) WHERE substr(object, 1, 4) = 'run:';

-- A version that only some enrollments follow, until it is promoted or withdrawn.
CREATE TABLE canary (
  department TEXT PRIMARY KEY,
  bundle INTEGER NOT NULL REFERENCES bundle,
  since INTEGER NOT NULL, by_who TEXT NOT NULL,
  files TEXT, git TEXT                  -- as of the activation that it would have been
) STRICT, WITHOUT ROWID;
