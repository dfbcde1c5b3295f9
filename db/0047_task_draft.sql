-- Words that a person finds to begin with: a template, rendered when the task is looked at, so that names stay out of this table.
ALTER TABLE task ADD COLUMN draft TEXT;
ALTER TABLE task ADD COLUMN draft_fields BLOB;
-- One index for a case's clocks, those that were replaced too: every question by enrollment and round goes along it.
DROP INDEX clock_of;
CREATE UNIQUE INDEX clock_of ON clock (enrollment, round, name, CASE WHEN replaced_at IS NULL THEN 0 ELSE id END);
