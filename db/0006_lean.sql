-- What a sleeping patient leaves on the disk, and how many pages a discharge touches: no more than is asked for again.

-- Half of it was bodies of messages long applied: what happened is in event, what the sender is told in result, and a
-- repeat is known by its digest. A body is kept until it is applied, and with a refusal until it is mended.
CREATE TABLE arrival (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT; -- inbox.id
INSERT INTO arrival (id, body) SELECT id, coalesce(body, x'') FROM inbox WHERE state = 0;
CREATE TABLE inbox_lean (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL, source_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,                 -- of the body, 64 bits: the same id with another body is refused
  received_at INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,     -- 0 waiting (its body is in arrival), 1 applied, 2 refused
  applied_at INTEGER,                   -- means nothing while it waits, as result
  result BLOB,                          -- what the sender is told
  body BLOB                             -- of a refused one
) STRICT;
INSERT INTO inbox_lean (id, source, source_id, kind, digest, received_at, state, applied_at, result, body)
  SELECT id, source, source_id, kind, substr(digest, 1, 16), received_at, state, applied_at, result, CASE WHEN state = 2 THEN body END
  FROM inbox ORDER BY id;
DROP TABLE inbox;
ALTER TABLE inbox_lean RENAME TO inbox;
CREATE UNIQUE INDEX inbox_source ON inbox (source_id, source);
CREATE INDEX inbox_refused ON inbox (id) WHERE state = 2;

-- A value, a person or a patient has so few rows that a longer key finds them no sooner; an index ends with the row's id
-- by itself.
DROP INDEX identity_value;
CREATE INDEX identity_value ON identity (value);
DROP INDEX identity_person;
CREATE INDEX identity_person ON identity (person);
DROP INDEX event_patient;
CREATE INDEX event_patient ON event (patient);
DROP INDEX clinical_patient;
CREATE INDEX clinical_patient ON clinical (patient);
DROP INDEX encounter_patient;
CREATE INDEX encounter_patient ON encounter (patient);
