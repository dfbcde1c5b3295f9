-- What a job keeps from one run to the next (j:set), and what each run noted (j:note). A job that the scripts have no more
-- keeps its row, with no next time and no rhythm.
ALTER TABLE job ADD COLUMN state BLOB;
ALTER TABLE job_run ADD COLUMN note TEXT;
CREATE INDEX audit_job ON audit (object) WHERE substr(object, 1, 4) = 'job:';
