-- What a version was going to do to live runs when it became active: how many agreed with it, which stayed and why.
ALTER TABLE activation ADD COLUMN report BLOB;
