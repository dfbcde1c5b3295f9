-- Clocks that differ: some never wait for the patient (a bureau's order), some may be extended once, and a person who corrects what a case
-- is replaces those that another class doesn't have; they stay as they were.
ALTER TABLE clock ADD COLUMN pauses INTEGER NOT NULL DEFAULT 1;   -- 0: goes on while the patient is waited for
ALTER TABLE clock ADD COLUMN extend TEXT;                         -- by so much, once, with a reason, before it is due
ALTER TABLE clock ADD COLUMN extended_at INTEGER;
ALTER TABLE clock ADD COLUMN replaced_at INTEGER;
DROP INDEX clock_of;
CREATE UNIQUE INDEX clock_of ON clock (enrollment, round, name) WHERE replaced_at IS NULL;

-- What the call-back said, whoever made it: the hospital, or the bureau of a 12345 order (解决率, 满意率).
ALTER TABLE case_file ADD COLUMN solved INTEGER;
ALTER TABLE case_file ADD COLUMN satisfied TEXT;                  -- yes partly no

-- A calendar has changed: the department's running clocks are counted anew, soonest first, in works of some milliseconds.
CREATE TABLE recount (department TEXT PRIMARY KEY) STRICT;
