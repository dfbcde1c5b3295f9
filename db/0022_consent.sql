-- Consent is to a class of messages on a channel, and says how it was given.
CREATE TABLE consent_to (
  patient INTEGER NOT NULL, person INTEGER NOT NULL,
  class TEXT NOT NULL,                  -- message class, '' for all
  channel TEXT NOT NULL,                -- '' for all
  given INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by_who TEXT NOT NULL,                 -- login of who kept it
  how TEXT NOT NULL,                    -- signed, spoken, phone, page
  PRIMARY KEY (patient, person, class, channel)
) STRICT, WITHOUT ROWID;
INSERT INTO consent_to (patient, person, class, channel, given, at, by_who, how)
  SELECT patient, person, class, '', given, at, source, 'spoken' FROM consent;
DROP TABLE consent;
ALTER TABLE consent_to RENAME TO consent;
