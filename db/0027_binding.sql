-- An account, such as a WeChat openid, bound to a patient at the bedside. It belongs to patient and person (WARD 9): one that serves
-- several patients can be unbound for one of them. Accounts that the hospital sent have no row, and stand.
CREATE TABLE binding (
  patient INTEGER NOT NULL, person INTEGER NOT NULL, identity INTEGER NOT NULL,
  at INTEGER NOT NULL, channel TEXT NOT NULL,
  ended_at INTEGER, ended_by TEXT,      -- unbound: by whom, a login or "page"
  PRIMARY KEY (patient, person, identity)
) STRICT, WITHOUT ROWID;
