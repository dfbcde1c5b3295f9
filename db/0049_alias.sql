-- What other FHIR servers' own ids stand for here: so that a reference in what they tell finds whom it means.
CREATE TABLE fhir_alias (
  origin TEXT NOT NULL, type TEXT NOT NULL, remote TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (origin, type, remote)
) STRICT, WITHOUT ROWID;
