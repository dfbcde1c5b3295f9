-- A call of which the exchange never tells counts as unknown then, and may be made again.
ALTER TABLE dial ADD COLUMN unknown_at INTEGER;
UPDATE dial SET unknown_at = at + 900000 WHERE ended_at IS NULL;
INSERT INTO due (class, at, kind, ref, key) SELECT 4, unknown_at, 16, id, patient FROM dial WHERE status IN ('in_flight', 'accepted');
CREATE INDEX dial_patient ON dial (patient) WHERE ended_at IS NULL;
CREATE INDEX dial_identity ON dial (identity) WHERE ended_at IS NULL;
