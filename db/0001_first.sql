-- Afterward, schema 1. Times are ms since 1970 UTC; "day" is a local date YYYY-MM-DD; bodies are canonical values (base/value.h).
-- Lists of words are chains of OR: IN with three words opens a table of its own at every write. Hot rows are narrow: due, run. The journal is append-only, chained backwards from run.last_journal.

CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- Who people are. The only table with names, numbers and identifiers: the rest knows people by number.
CREATE TABLE identity (
  id INTEGER PRIMARY KEY,
  person INTEGER NOT NULL,              -- patients and contacts are numbered in one sequence (person.id)
  kind TEXT NOT NULL CHECK (kind='name' OR kind='phone' OR kind='address' OR kind='mrn' OR kind='national-id' OR
    kind='wechat' OR kind='email'),
  system TEXT NOT NULL DEFAULT '',      -- who issued the identifier
  value TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 1,  -- order in which numbers are tried
  proved_at INTEGER,                    -- ring or code answered before leaving (WARD 10)
  flag TEXT                             -- 'placeholder', 'shared', 'void': found at import or by a call
) STRICT;
CREATE INDEX identity_value ON identity (value, kind);
CREATE INDEX identity_person ON identity (person, kind, position);

CREATE TABLE person (id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('patient','contact'))) STRICT;

CREATE TABLE patient (
  id INTEGER PRIMARY KEY REFERENCES person,
  birth TEXT,                           -- YYYY-MM-DD
  sex TEXT CHECK (sex='female' OR sex='male' OR sex='other'),
  zone TEXT,                            -- NULL: the department's
  language TEXT NOT NULL DEFAULT 'zh',
  dialect TEXT,
  disclosure TEXT NOT NULL DEFAULT 'undecided' CHECK (disclosure='self' OR disclosure='family' OR disclosure='undecided'),
  stays INTEGER,
  died_at INTEGER,
  disputed_at INTEGER,                  -- 医疗纠纷: no automatic contact (WARD 5)
  merged_into INTEGER REFERENCES patient,
  inpatient INTEGER NOT NULL DEFAULT 0, -- in a bed now
  created_at INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Whom to reach for a patient. The patient is a contact too (relation 'self'). Silencing a son's number
-- for his father must not lose his mother: everything here belongs to patient + person (WARD 7).
CREATE TABLE contact (
  patient INTEGER NOT NULL REFERENCES patient,
  person INTEGER NOT NULL REFERENCES person,
  relation TEXT NOT NULL,               -- self, spouse, child, parent, sibling, other
  position INTEGER NOT NULL DEFAULT 1,
  proxy INTEGER NOT NULL DEFAULT 0,     -- answers in the patient's place
  opted_out_at INTEGER,
  opted_out_by TEXT,
  wrong_number_at INTEGER,
  unreachable_at INTEGER,
  PRIMARY KEY (patient, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_person ON contact (person);

CREATE TABLE consent (
  patient INTEGER NOT NULL, person INTEGER NOT NULL,
  class TEXT NOT NULL,                  -- message class, '' for all
  given INTEGER NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (patient, person, class)
) STRICT, WITHOUT ROWID;

-- Which department may see which patient, since when and why.
CREATE TABLE access (
  patient INTEGER NOT NULL, department TEXT NOT NULL,
  since INTEGER NOT NULL, until INTEGER, reason TEXT NOT NULL,
  PRIMARY KEY (patient, department)
) STRICT, WITHOUT ROWID;

CREATE TABLE encounter (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL REFERENCES patient,
  source TEXT NOT NULL, visit TEXT NOT NULL,   -- the source's number of the stay
  department TEXT, ward TEXT, doctor TEXT, nurse TEXT,
  admitted_at INTEGER, discharged_at INTEGER,
  leaving TEXT,                         -- order transfer community against-advice death other (离院方式)
  status TEXT NOT NULL DEFAULT 'in' CHECK (status='in' OR status='out' OR status='cancelled')
) STRICT;
CREATE UNIQUE INDEX encounter_visit ON encounter (visit, source);
CREATE INDEX encounter_patient ON encounter (patient, admitted_at);

CREATE TABLE clinical (                 -- procedures, diagnoses, drugs of a patient or stay; codes may come late
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL REFERENCES patient,
  encounter INTEGER REFERENCES encounter,
  kind TEXT NOT NULL CHECK (kind='procedure' OR kind='diagnosis' OR kind='drug'),
  code TEXT NOT NULL DEFAULT '', name TEXT NOT NULL DEFAULT '',
  at INTEGER
) STRICT;
CREATE INDEX clinical_patient ON clinical (patient, kind);

CREATE TABLE observation (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL REFERENCES patient,
  code TEXT NOT NULL, value REAL, text TEXT, unit TEXT,
  at INTEGER NOT NULL, day TEXT NOT NULL,
  source TEXT NOT NULL,                 -- form, staff, or the event's source
  answer INTEGER
) STRICT;
CREATE INDEX observation_patient ON observation (patient, code, at);

CREATE TABLE appointment (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL REFERENCES patient,
  source TEXT NOT NULL, source_id TEXT NOT NULL,
  department TEXT, at INTEGER, status TEXT NOT NULL, -- booked, changed, cancelled, no-show, done
  changed_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX appointment_source ON appointment (source_id, source);

-- What came in: events, answers, staff actions. A row is written before it is acknowledged and applied afterwards.
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL, source_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,                 -- of the body: the same id with another body is refused
  body BLOB,
  received_at INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,     -- 0 waiting, 1 applied, 2 refused
  applied_at INTEGER,
  result BLOB                           -- what the sender is told
) STRICT;
CREATE UNIQUE INDEX inbox_source ON inbox (source_id, source);
CREATE INDEX inbox_waiting ON inbox (id) WHERE state = 0;
CREATE INDEX inbox_refused ON inbox (id) WHERE state = 2;

CREATE TABLE event (                    -- what happened to a patient, as scripts see it
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL,
  kind TEXT NOT NULL, at INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
  encounter INTEGER,
  inbox INTEGER,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX event_patient ON event (patient, id);

-- Scripts. Sources are kept by content, so any version ever run can be loaded again.
CREATE TABLE source (digest TEXT PRIMARY KEY, text BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE bundle (
  id INTEGER PRIMARY KEY,
  department TEXT NOT NULL, digest TEXT NOT NULL,
  definitions BLOB NOT NULL,            -- everything C needs, so that promises are kept without Lua
  active INTEGER NOT NULL DEFAULT 0,
  activated_at INTEGER, activated_by TEXT
) STRICT;
CREATE UNIQUE INDEX bundle_digest ON bundle (department, digest);
CREATE UNIQUE INDEX bundle_active ON bundle (department) WHERE active = 1;
CREATE TABLE bundle_file (
  bundle INTEGER NOT NULL REFERENCES bundle, path TEXT NOT NULL, digest TEXT NOT NULL REFERENCES source,
  PRIMARY KEY (bundle, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrollment (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL REFERENCES patient,
  encounter INTEGER,
  department TEXT NOT NULL, pathway TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status='active' OR status='paused' OR status='ended'),
  event INTEGER NOT NULL,               -- the event that enrolled
  enrolled_at INTEGER NOT NULL, anchor_at INTEGER NOT NULL,
  tier TEXT NOT NULL DEFAULT '',
  state BLOB,                           -- what scripts keep with p:set
  cursor_at INTEGER NOT NULL,           -- occurrences up to here are dealt with
  next_at INTEGER,                      -- its row in due; NULL when nothing is planned
  paused_at INTEGER,
  ended_at INTEGER, ended_reason TEXT
) STRICT;
CREATE INDEX enrollment_patient ON enrollment (patient);

CREATE TABLE patient_state (            -- p:set of runs whose subject is the patient
  patient INTEGER PRIMARY KEY, state BLOB NOT NULL
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL,
  enrollment INTEGER,                   -- NULL: the subject is the patient
  department TEXT NOT NULL,
  pathway TEXT,                         -- NULL for a watch in a file of its own
  kind TEXT NOT NULL CHECK (kind IN ('step','watch')),
  name TEXT NOT NULL,                   -- step or watch id
  day TEXT NOT NULL,                    -- occurrence: local date (steps) or event (watches)
  bundle INTEGER NOT NULL,
  event INTEGER,                        -- what started a watch
  flag BLOB,                            -- what its where returned
  status TEXT NOT NULL CHECK (status='ready' OR status='waiting' OR status='paused' OR status='done' OR status='stuck' OR
    status='ended'),
  wait TEXT,                            -- ask, task, event, time: what an outcome would answer
  wait_ref INTEGER,                     -- question, task
  wait_label TEXT,
  within TEXT,                          -- an ask's span until its deadline is known
  due_at INTEGER,                       -- its row in due, if any
  last_journal INTEGER, records INTEGER NOT NULL DEFAULT 0,
  scheduled_at INTEGER NOT NULL, started_at INTEGER NOT NULL,
  valid_until INTEGER NOT NULL DEFAULT 0,
  ended_at INTEGER, result TEXT, cause TEXT
) STRICT;
CREATE INDEX run_live ON run (patient) WHERE ended_at IS NULL;
CREATE INDEX run_of_patient ON run (patient) WHERE enrollment IS NULL;
CREATE UNIQUE INDEX run_occurrence ON run (enrollment, name, day) WHERE enrollment IS NOT NULL;
CREATE INDEX run_stuck ON run (department) WHERE status = 'stuck';

CREATE TABLE journal (                  -- a row for each commit of a run; body is the records one after another
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL, prev INTEGER, at INTEGER NOT NULL,
  position INTEGER NOT NULL,            -- of the first record, from 1
  body BLOB NOT NULL
) STRICT;

CREATE TABLE due (                      -- everything that will happen by itself
  class INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, ref INTEGER NOT NULL,
  key INTEGER NOT NULL,                 -- the patient: one batch holds a key once
  PRIMARY KEY (class, at, kind, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE skip (                     -- occurrences that came due and did not begin
  id INTEGER PRIMARY KEY,
  enrollment INTEGER NOT NULL, patient INTEGER NOT NULL,
  step TEXT NOT NULL, day TEXT NOT NULL, due_at INTEGER NOT NULL, at INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX skip_patient ON skip (patient);

CREATE TABLE question (                 -- a form put to a patient; one open a subject and form
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL, enrollment INTEGER, run INTEGER,
  department TEXT NOT NULL, program TEXT, form TEXT NOT NULL, bundle INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status='open' OR status='lapsed' OR status='answered' OR status='closed'),
  code TEXT NOT NULL,                   -- short code for the page
  fields BLOB,
  offered BLOB,                         -- item → choices offered this time instead of the form's
  opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  closed_at INTEGER, reason TEXT, answer INTEGER,
  wrong INTEGER NOT NULL DEFAULT 0, wrong_at INTEGER -- second factors that failed, last when
) STRICT;
CREATE INDEX question_code ON question (code);
CREATE INDEX question_patient ON question (patient, form);

CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  question INTEGER, patient INTEGER NOT NULL, enrollment INTEGER,
  department TEXT NOT NULL, form TEXT NOT NULL, bundle INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by_kind TEXT NOT NULL CHECK (by_kind='patient' OR by_kind='family' OR by_kind='staff' OR by_kind='device'),
  by_who TEXT,                          -- person's number or staff login
  body BLOB NOT NULL,
  level TEXT, reason TEXT, advice BLOB, -- the rule's judgement
  rule TEXT, rule_bundle INTEGER
) STRICT;
CREATE INDEX answer_patient ON answer (patient, at);

CREATE TABLE draft (question INTEGER PRIMARY KEY, body BLOB NOT NULL, at INTEGER NOT NULL) STRICT;

CREATE TABLE silence (                  -- unanswered in a row
  enrollment INTEGER NOT NULL, form TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (enrollment, form)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (                  -- the intent to tell one person one thing
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL,                 -- public; never drawn twice, also after a restore: gateways know it by this
  patient INTEGER, enrollment INTEGER, run INTEGER, question INTEGER, alert INTEGER,
  department TEXT NOT NULL, program TEXT,
  kind TEXT NOT NULL CHECK (kind='ask' OR kind='remind' OR kind='send' OR kind='page'),
  class TEXT NOT NULL,                  -- questionnaire, medicine, safety, visit, education, staff …
  name TEXT NOT NULL,                   -- form or template
  audience TEXT NOT NULL,               -- patient, family, a person's number, staff:<login>, role:<role>
  fields BLOB, via TEXT,
  status TEXT NOT NULL CHECK (status='planned' OR status='held' OR status='in_flight' OR status='accepted' OR
    status='delivered' OR status='failed' OR status='suppressed' OR status='in_doubt' OR
    status='cancelled'),
  reason TEXT,
  created_at INTEGER NOT NULL, due_at INTEGER, valid_until INTEGER NOT NULL,
  remind TEXT,                          -- span after acceptance
  person INTEGER, channel TEXT, text TEXT, bundle INTEGER, -- frozen at first claim
  attempts INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0,
  accepted_at INTEGER, settled_at INTEGER
) STRICT;
CREATE INDEX message_patient ON message (patient, created_at);
CREATE INDEX message_question ON message (question) WHERE question IS NOT NULL;
CREATE INDEX message_open ON message (status) WHERE status='held' OR status='in_flight' OR status='in_doubt';

CREATE TABLE attempt (                  -- one try on one channel; in_flight is committed before the call
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message,
  channel TEXT NOT NULL, address INTEGER, -- identity.id
  key TEXT NOT NULL,                    -- idempotency key: message and generation, never the try
  status TEXT NOT NULL CHECK (status='in_flight' OR status='accepted' OR status='delivered' OR status='failed' OR
    status='retry' OR status='delayed' OR status='config' OR status='in_doubt'),
  started_at INTEGER NOT NULL, ended_at INTEGER,
  provider_id TEXT, detail TEXT
) STRICT;
CREATE INDEX attempt_message ON attempt (message);
CREATE INDEX attempt_open ON attempt (id) WHERE status = 'in_flight';
CREATE INDEX attempt_provider ON attempt (provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE receipt (                  -- came before the acceptance it belongs to was known; kept three days
  channel TEXT NOT NULL, provider_id TEXT NOT NULL,
  state TEXT NOT NULL, detail TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (channel, provider_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_at ON receipt (at);

CREATE TABLE mass (                     -- first claims of a text a day, and leave to pass the limit
  department TEXT NOT NULL, name TEXT NOT NULL, day TEXT NOT NULL,
  count INTEGER NOT NULL, approved_until INTEGER, approved_by TEXT,
  PRIMARY KEY (department, name, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  patient INTEGER, enrollment INTEGER, run INTEGER, question INTEGER,
  department TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
  form TEXT, note TEXT,
  status TEXT NOT NULL CHECK (status='open' OR status='held' OR status='done' OR status='withdrawn'),
  opened_at INTEGER NOT NULL,
  due_at INTEGER,                       -- while held: ms of working time that are left
  overdue_at INTEGER,
  claimed_by TEXT, claimed_at INTEGER, claimed_until INTEGER,
  code TEXT, result_note TEXT, moved_to TEXT, answer INTEGER,
  closed_at INTEGER, closed_by TEXT, reason TEXT,
  revision INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX task_open ON task (role, due_at) WHERE status IN ('open','held');
CREATE INDEX task_patient ON task (patient);

CREATE TABLE call (                     -- every attempt by phone that a task recorded (WARD 12, 14)
  id INTEGER PRIMARY KEY,
  task INTEGER NOT NULL, patient INTEGER, at INTEGER NOT NULL, by_who TEXT NOT NULL,
  code TEXT NOT NULL, counts INTEGER NOT NULL, note TEXT,
  identity INTEGER                      -- which number was rung
) STRICT;
CREATE INDEX call_patient ON call (patient, at);

CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  patient INTEGER, enrollment INTEGER, run INTEGER, answer INTEGER, task INTEGER,
  department TEXT NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL, reason TEXT,
  escalation TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status='open' OR status='acknowledged' OR status='closed'),
  rung INTEGER NOT NULL DEFAULT 0, round INTEGER NOT NULL DEFAULT 1,
  next_at INTEGER,                      -- its row in due: an open alert always has one
  opened_at INTEGER NOT NULL, joined INTEGER NOT NULL DEFAULT 0,
  acknowledged_at INTEGER, acknowledged_by TEXT,
  acted_at INTEGER, acted_by TEXT, act TEXT,
  closed_at INTEGER, closed_by TEXT, closed_reason TEXT,
  revision INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX alert_open ON alert (department, opened_at) WHERE status <> 'closed';
CREATE INDEX alert_patient ON alert (patient);

CREATE TABLE page (                     -- who was called to an alert, when
  id INTEGER PRIMARY KEY,
  alert INTEGER NOT NULL REFERENCES alert,
  rung INTEGER NOT NULL, round INTEGER NOT NULL,
  role TEXT NOT NULL, staff TEXT, via TEXT, at INTEGER NOT NULL, message INTEGER
) STRICT;
CREATE INDEX page_alert ON page (alert);

CREATE TABLE staff (                    -- sealed names are in the hospital's directory; here a login and how to page
  login TEXT PRIMARY KEY, phone TEXT, department TEXT, dialects TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE duty (                     -- who holds a duty post; beside the rosters in scripts
  role TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, staff TEXT NOT NULL,
  PRIMARY KEY (role, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL, enrollment INTEGER, run INTEGER, at INTEGER NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX note_patient ON note (patient);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT
) STRICT;
