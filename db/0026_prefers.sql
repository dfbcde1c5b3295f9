-- Which channels this person wants to be told by, for this patient, the first one first: "sms,call". NULL: nobody asked.
ALTER TABLE contact ADD COLUMN prefers TEXT;
