-- How far a connector that asks has come: what its plugin wants to know next time, and when it last had all there was.
CREATE TABLE pull (
  connector TEXT PRIMARY KEY,
  state BLOB NOT NULL,          -- encoded; the plugin's own
  done_at INTEGER NOT NULL      -- 0: never yet
) STRICT, WITHOUT ROWID;
