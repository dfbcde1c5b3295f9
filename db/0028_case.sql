-- Feedback and questions, handled against clocks. A case is an enrollment (of its sender, in a triage), so that runs, questions,
-- messages, tasks and alerts belong to it as to any other; what a case has beside that stands here.
CREATE TABLE case_file (
  enrollment INTEGER PRIMARY KEY REFERENCES enrollment,
  number TEXT NOT NULL,                 -- public, told to the sender at once
  department TEXT NOT NULL, triage TEXT NOT NULL,
  channel TEXT NOT NULL,                -- web qr hotline counter letter sms wechat review survey external
  received_at INTEGER NOT NULL,
  facts BLOB NOT NULL,                  -- encoded: text, stars, ward …, and what triage made of it
  sender INTEGER NOT NULL,              -- person; of an anonymous item nobody's
  patient INTEGER,                      -- whom it is about, when that is known
  sure TEXT,                            -- how that is known: mrn, phone, contact, staff
  encounter INTEGER,
  receiver TEXT,                        -- who stays responsible to the end (WARD 22)
  level INTEGER NOT NULL DEFAULT 1, levels INTEGER NOT NULL DEFAULT 4,
  round INTEGER NOT NULL DEFAULT 1,
  at_risk REAL NOT NULL DEFAULT 0.75,   -- share of a clock's span after which it is warned of
  paused_at INTEGER, paused_why TEXT, paused_question INTEGER,
  closed_at INTEGER, closed TEXT,
  revision INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX case_number ON case_file (number);
CREATE INDEX case_open ON case_file (department, received_at) WHERE closed_at IS NULL;

CREATE TABLE clock (                    -- one deadline of one round; the old round's stay as they were
  id INTEGER PRIMARY KEY,
  enrollment INTEGER NOT NULL REFERENCES case_file,
  name TEXT NOT NULL, round INTEGER NOT NULL,
  span TEXT NOT NULL,                   -- "24h", "3bd": natural or working time, as the time grammar says
  after TEXT,                           -- begins when this one is met; NULL: with the round
  started_at INTEGER,                   -- NULL: not yet
  paused_ms INTEGER NOT NULL DEFAULT 0, -- while waiting for the patient
  due_at INTEGER, next_at INTEGER,      -- next_at: its row in due, while it runs
  warned_at INTEGER, breached_at INTEGER, met_at INTEGER, ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX clock_of ON clock (enrollment, round, name);
CREATE INDEX clock_open ON clock (due_at) WHERE ended_at IS NULL AND due_at IS NOT NULL;

CREATE TABLE case_step (                -- the ledger: every step of a case, never changed
  id INTEGER PRIMARY KEY,
  enrollment INTEGER NOT NULL, at INTEGER NOT NULL,
  what TEXT NOT NULL,                   -- received classified warned breached met paused resumed reopened linked corrected closed
  who TEXT NOT NULL, detail TEXT
) STRICT;
CREATE INDEX case_step_of ON case_step (enrollment);
