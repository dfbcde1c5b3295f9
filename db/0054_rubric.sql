-- What the rubric gave of a sampled call or answer, of how much, and whether it was found to be made up (WARD 27).
ALTER TABLE quality_sample ADD COLUMN score REAL;
ALTER TABLE quality_sample ADD COLUMN most REAL;
ALTER TABLE quality_sample ADD COLUMN fake INTEGER;
ALTER TABLE quality_sample ADD COLUMN judged_at INTEGER;
ALTER TABLE quality_sample ADD COLUMN judged_by TEXT;
CREATE INDEX quality_sample_task ON quality_sample (task);
CREATE INDEX quality_sample_month ON quality_sample (month);
