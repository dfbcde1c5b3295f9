-- When a row was written; NULL: by an earlier version, which didn't say.
ALTER TABLE clinical ADD COLUMN kept_at INTEGER;
ALTER TABLE observation ADD COLUMN kept_at INTEGER;
ALTER TABLE appointment ADD COLUMN kept_at INTEGER;
