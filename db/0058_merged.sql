-- What each merge of two patients changed, so that it can be undone. mrns: the numbers that went along, one a line. version: PRAGMA user_version.
CREATE TABLE merged (
  id INTEGER PRIMARY KEY,
  gone INTEGER NOT NULL REFERENCES patient,
  remains INTEGER NOT NULL REFERENCES patient,
  mrns TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changes BLOB,
  undone_at INTEGER
) STRICT;
CREATE INDEX merged_remains ON merged (remains) WHERE undone_at IS NULL;
