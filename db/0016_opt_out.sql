-- Departments alone that a contact wants no messages of, between bars: |ortho|cardiac|. opted_out_at is for all.
ALTER TABLE contact ADD COLUMN opted_out_of TEXT;
