-- Messages that left in the text of another one: rows for merged ones alone.
CREATE TABLE carried (
  message INTEGER PRIMARY KEY REFERENCES message,
  carrier INTEGER NOT NULL REFERENCES message,  -- the one that has the attempt's key
  again INTEGER NOT NULL,               -- 1: an earlier one of that text counts for the budget of their class
  spent INTEGER NOT NULL                -- 1: an earlier one counts for the budget of all classes
) STRICT;
CREATE INDEX carried_carrier ON carried (carrier);

-- Of a text that passed its limit: how many wait or waited that day, and who said that it goes to nobody else.
ALTER TABLE mass ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mass ADD COLUMN withdrawn_by TEXT;
