-- A patient's bookings, for the rate of return visits.
CREATE INDEX appointment_patient ON appointment (patient);
-- Samples of what was said by phone, and in answers to consultations, and what looks as if it never was (WARD 27): each a task of somebody else.
CREATE TABLE quality_sample (
  id INTEGER PRIMARY KEY,
  month TEXT NOT NULL,                  -- YYYY-MM
  what TEXT NOT NULL CHECK (what='call' OR what='reply'),
  ref INTEGER NOT NULL,                 -- the task that was done
  who TEXT NOT NULL,                    -- whose work it is
  why TEXT NOT NULL,                    -- sample, short, no-record, same-answers
  task INTEGER NOT NULL, at INTEGER NOT NULL, by_who TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX quality_sample_of ON quality_sample (ref);
