-- Steps ahead that a person took out of one patient's plan. When such a step comes due it is a row of skip, as any that does not begin.
CREATE TABLE skip_ahead (
  enrollment INTEGER NOT NULL, step TEXT NOT NULL, day TEXT NOT NULL,
  due_at INTEGER NOT NULL,              -- when it is, or was, due
  reason TEXT NOT NULL,                 -- told declined unneeded wrong
  staff TEXT NOT NULL, at INTEGER NOT NULL, note TEXT,
  PRIMARY KEY (enrollment, step, day)
) STRICT, WITHOUT ROWID;
