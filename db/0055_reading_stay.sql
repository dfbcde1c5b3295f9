-- Which stay a reading was taken in, when its source said so: it goes with the stay when that turns out to be another patient's.
ALTER TABLE observation ADD COLUMN encounter INTEGER;
CREATE INDEX observation_encounter ON observation (encounter) WHERE encounter IS NOT NULL;
