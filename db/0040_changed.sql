-- When what is known of a patient or a stay changed last; NULL: not since it came.
ALTER TABLE patient ADD COLUMN updated_at INTEGER;
ALTER TABLE encounter ADD COLUMN updated_at INTEGER;
