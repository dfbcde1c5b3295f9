-- The steps of a case that there is can't be deleted. It is told by a table of its own, so that a store that is emptied as a whole
-- (the newest table first) loses them like all else.
DROP TRIGGER case_step_kept;
CREATE TABLE case_kept (enrollment INTEGER PRIMARY KEY) STRICT;
INSERT INTO case_kept SELECT enrollment FROM case_file;
CREATE TRIGGER case_file_kept AFTER INSERT ON case_file BEGIN INSERT INTO case_kept VALUES (NEW.enrollment); END;
CREATE TRIGGER case_step_kept BEFORE DELETE ON case_step WHEN EXISTS (SELECT 1 FROM case_kept WHERE enrollment=OLD.enrollment)
  BEGIN SELECT RAISE(ABORT, 'the ledger of a case is only added to'); END;
