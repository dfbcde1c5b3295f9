-- The same matter may come from a daughter and from her mother: looked for among the cases about one patient.
CREATE INDEX case_patient ON case_file (patient) WHERE patient IS NOT NULL AND closed_at IS NULL;
