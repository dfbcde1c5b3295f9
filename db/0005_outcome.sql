-- What ended a run's wait, until its next turn writes it into the journal with that turn's own records: one row a turn, not two.
ALTER TABLE run ADD COLUMN outcome BLOB;
