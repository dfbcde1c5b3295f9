-- Whose share of the loop's time a work uses: a department, as a number; 0: nobody's. So who is to wait for a turn is
-- passed over along the index, without a look at what the row refers to.
ALTER TABLE due ADD COLUMN share INTEGER NOT NULL DEFAULT 0;
