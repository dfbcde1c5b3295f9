-- The month's report of follow-up: months of stays with their texts, runs, calls, answers and alerts, as a group of hospitals has them.
local follow_up = {}

follow_up.query = "/api/v1/reports/follow-up?from=2026-03-01&to=2026-04-01"

-- Stays that ended evenly over three months; each with an enrollment, a run, two texts, a task; most with a call and an answer, some with an
-- alert, a booking, another stay. %d: how many; the first moment; how many again.
local FILL = [[
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%d) SELECT i, 1000 + i AS id,
  %d + CAST(i AS INTEGER) * 7776000000 / %d AS at FROM n;
INSERT INTO person SELECT id, 'patient' FROM n;
INSERT INTO patient (id, created_at) SELECT id, at FROM n;
INSERT INTO encounter (id, patient, source, visit, department, ward, admitted_at, discharged_at, leaving, status)
  SELECT id, id, 'his', 'v' || id, 'd' || (i %% 30), 'ward ' || (i %% 60), at-604800000, at,
  CASE WHEN i %% 50 THEN 'order' ELSE 'death' END, 'out' FROM n;
INSERT INTO encounter (patient, source, visit, department, admitted_at, status, planned)
  SELECT id, 'his', 'w' || id, 'd' || (i %% 30), at+864000000, 'in', i %% 2 FROM n WHERE i %% 20 = 1;
INSERT INTO event (id, patient, kind, at, recorded_at, encounter, body) SELECT id, id, 'discharge', at, at, id, x'' FROM n;
INSERT INTO enrollment (id, patient, encounter, department, pathway, status, event, enrolled_at, anchor_at, cursor_at)
  SELECT id, id, id, 'd' || (i %% 30), 'way', 'active', id, at, at, at FROM n;
INSERT INTO run (patient, enrollment, department, pathway, kind, name, day, bundle, status, scheduled_at, started_at, ended_at)
  SELECT id, id, 'd' || (i %% 30), 'way', 'step', 's', '2026-01-01', 1, 'done', at+86400000, at+86400000, at+90000000 FROM n;
INSERT INTO message (number, patient, enrollment, department, kind, class, name, audience, status, created_at, valid_until,
  accepted_at) SELECT k || id, id, id, 'd' || (i %% 30), 'ask', 'questionnaire', 'check', 'patient', 'accepted', at, at, at
  FROM n, (SELECT 'a' AS k UNION SELECT 'b');
INSERT INTO task (id, patient, enrollment, department, name, role, form, status, opened_at, due_at, overdue_at, code, closed_at, closed_by)
  SELECT id, id, id, 'd' || (i %% 30), 'call', 'nurse', 'check', 'done', at, at+172800000, CASE WHEN i %% 9 THEN NULL ELSE at+172800000 END,
  'reached', at+100000000, 'nurse-' || (i %% 200) FROM n;
INSERT INTO call (task, patient, at, by_who, code, counts) SELECT id, id, at+100000000, 'nurse-' || (i %% 200),
  CASE i %% 5 WHEN 0 THEN 'no-answer' ELSE 'reached' END, 1 FROM n WHERE i %% 3;
INSERT INTO answer (patient, enrollment, department, form, bundle, at, by_kind, body)
  SELECT id, id, 'd' || (i %% 30), 'check', 1, at+100000000, CASE i %% 2 WHEN 0 THEN 'patient' ELSE 'staff' END, x'' FROM n WHERE i %% 4;
INSERT INTO alert (patient, enrollment, run, department, name, level, escalation, status, opened_at, acknowledged_at, acknowledged_by,
  acted_at) SELECT id, id, 1, 'd' || (i %% 30), 'fever', 'urgent', 'ladder', 'closed', at, at+600000, 'nurse-' || (i %% 200),
  at+900000 FROM n WHERE i %% 10 = 0;
INSERT INTO appointment (patient, source, source_id, at, status, changed_at)
  SELECT id, 'his', 'b' || id, at+1209600000, CASE i %% 3 WHEN 0 THEN 'no-show' ELSE 'done' END, at FROM n WHERE i %% 2;
]]

function follow_up.sql(count, first) return FILL:format(count, first, count) end

-- Stays of all three months that the answer counted.
function follow_up.counted(answer) return answer.total.discharges + answer.before.total.discharges + answer.older.total.discharges end

return follow_up
