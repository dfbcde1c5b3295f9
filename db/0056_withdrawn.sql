-- What was done, found or ordered, and taken back by who said so: kept, and no longer counted.
ALTER TABLE clinical ADD COLUMN withdrawn_at INTEGER;
