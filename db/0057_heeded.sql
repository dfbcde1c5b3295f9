-- Kinds of events that some run has waited for, ever: nobody need look for runs that wait for any other.
CREATE TABLE heeded (
  kind TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO heeded SELECT DISTINCT wait_label FROM run WHERE ended_at IS NULL AND wait = 'event';
