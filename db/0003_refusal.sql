-- A refused message may be sent again, mended, under its own id: what was refused then is kept here.
CREATE TABLE refusal (
  id INTEGER PRIMARY KEY,
  inbox INTEGER NOT NULL, digest TEXT NOT NULL, body BLOB,
  received_at INTEGER NOT NULL, refused_at INTEGER, result BLOB
) STRICT;
