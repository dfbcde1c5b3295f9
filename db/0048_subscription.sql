-- Who is told of changes by FHIR's rest-hook, and what has changed since they were told. Rows of fhir_change come from triggers that
-- exist while somebody wants them (engine/fhir/hook_watch.c).
CREATE TABLE fhir_subscription (
  id INTEGER PRIMARY KEY,
  staff TEXT NOT NULL,                  -- whose token subscribed: what that may see is told
  type TEXT NOT NULL, criteria TEXT NOT NULL,
  patient INTEGER, statuses TEXT,       -- what the criteria say; statuses a JSON list
  endpoint TEXT NOT NULL,
  payload INTEGER NOT NULL,             -- the resource itself is sent
  headers TEXT NOT NULL,                -- of the call, a line each
  reason TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status='active' OR status='error' OR status='off'),
  error TEXT,
  told INTEGER NOT NULL,                -- changes up to this one
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE fhir_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: told compares
  type TEXT NOT NULL, ref INTEGER NOT NULL
) STRICT;
