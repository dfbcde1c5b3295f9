-- How it is known which stay a case is about: said (by who brought it), only (the patient's only one lately), form (where the mark was
-- given), sender (who sent it told the ward and the day).
ALTER TABLE case_file ADD COLUMN stay_sure TEXT;
