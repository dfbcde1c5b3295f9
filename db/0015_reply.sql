-- What became of what people wrote, and whom it was about.
ALTER TABLE inbound ADD COLUMN patient INTEGER;
ALTER TABLE inbound ADD COLUMN department TEXT;
ALTER TABLE inbound ADD COLUMN question INTEGER;
ALTER TABLE inbound ADD COLUMN choices TEXT; -- patients in the order in which the writer was asked whom it is about
-- NULL: not looked at yet; answered, opted-out, wrong-number, given: to a person to read, whose: so, because several
-- patients share the number, chosen: said whose an earlier one is, unknown: nobody's number
ALTER TABLE inbound ADD COLUMN outcome TEXT;
CREATE INDEX inbound_identity ON inbound (identity, id);
