-- Words that a person finds to begin with: a template, rendered when the task is looked at, so that names stay out of this table.
ALTER TABLE task ADD COLUMN draft TEXT;
ALTER TABLE task ADD COLUMN draft_fields BLOB;
