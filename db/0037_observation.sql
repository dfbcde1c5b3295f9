-- A result may be corrected, deleted, or turn out to be another patient's. Nothing is erased: what does not count any more says
-- why, and a correction names the first of its readings, so that one reading never starts anything twice.
ALTER TABLE observation ADD COLUMN reading TEXT;   -- the source's own id of the result, the same in its corrections
ALTER TABLE observation ADD COLUMN root INTEGER;   -- of a correction: the reading as it came first
ALTER TABLE observation ADD COLUMN low REAL;       -- reference range, in the row's unit
ALTER TABLE observation ADD COLUMN high REAL;
ALTER TABLE observation ADD COLUMN flag TEXT;      -- the laboratory's: H HH L LL A AA N
ALTER TABLE observation ADD COLUMN given TEXT;     -- as it was sent, when that was in another unit
ALTER TABLE observation ADD COLUMN gone TEXT;      -- NULL: it counts; corrected, deleted, wrong-patient
ALTER TABLE observation ADD COLUMN gone_at INTEGER;
CREATE INDEX observation_reading ON observation (reading) WHERE reading IS NOT NULL;
