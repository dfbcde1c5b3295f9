// What happened to a patient on a department's pathways, for playing it again: without
// names, numbers and addresses. Times are milliseconds since 1970.
#include "api/access.h"
#include "api/desk.h"
#include "api/read.h"
#include "base/iso.h"
#include "care/festival.h"

enum { SCANNED = 5000 };  // enrollments that one answer looks at

// ?1 the patient, ?2 the department.
static const struct part {
  const char *name, *sql, *spec;
  bool departments;  // of the department alone
} parts[] = {
    {"stays",
     "SELECT id, department, ward, leaving, admitted_at, discharged_at, status, planned,"
     " return_planned FROM encounter WHERE patient=?1 ORDER BY id",
     "id:@v department:s ward:s leaving:s admitted_at:i discharged_at:i status:s"
     " planned:b return_planned:b"},
    {"clinical",
     "SELECT encounter, kind, code, name, at FROM clinical WHERE patient=?1 AND "
     "withdrawn_at IS NULL ORDER BY id",
     "stay:@v kind:s code:s name:s at:i"},
    {"contacts",
     "SELECT person=patient, relation, position, proxy, opted_out_at, wrong_number_at, "
     "unreachable_at, (SELECT count(*) FROM identity WHERE identity.person=contact.person"
     " AND kind='phone') FROM contact WHERE patient=?1 ORDER BY position, person",
     "self:b relation:s position:i proxy:b opted_out_at:i wrong_number_at:i "
     "unreachable_at:i phones:i"},
    {"events",
     "SELECT kind, at, recorded_at, encounter, body FROM event WHERE patient=?1 ORDER BY "
     "id",
     "kind:s at:i recorded_at:i stay:@v body:v"},
    {"appointments", "SELECT at FROM appointment WHERE patient=?1 ORDER BY id", "at:i"},
    {"enrollments",
     "SELECT id, pathway, status, enrolled_at, anchor_at, tier, ended_at, ended_reason "
     "FROM enrollment WHERE patient=?1 AND department=?2 ORDER BY id",
     "id:@e pathway:s status:s enrolled_at:i anchor_at:i tier:s ended_at:i "
     "ended_reason:s",
     true},
    {"runs",
     "SELECT run.id, enrollment, kind, name, day, run.status, scheduled_at, started_at, "
     "run.ended_at, substr(digest, 1, 12) FROM enrollment JOIN run ON "
     "run.enrollment=enrollment.id JOIN bundle ON bundle.id=run.bundle WHERE "
     "enrollment.patient=?1 AND enrollment.department=?2 ORDER BY run.id",
     "id:@r enrollment:@e kind:s name:s day:s status:s scheduled_at:i started_at:i "
     "ended_at:i version:s",
     true},
    {"questions",
     "SELECT id, enrollment, run, form, status, opened_at, closed_at FROM question WHERE "
     "patient=?1 AND department=?2 ORDER BY id",
     "id:@q enrollment:@e run:@r form:s status:s opened_at:i closed_at:i", true},
    {"answers",
     "SELECT question, form, bundle, at, by_kind, level, body, (SELECT id FROM task "
     "WHERE "
     "task.patient=?1 AND task.answer=answer.id AND task.status='done') FROM answer "
     "WHERE patient=?1 AND "
     "department=?2 ORDER BY id",
     "question:@q form:s version:@b at:i by:s level:s values:v task:@t", true},
    {"messages",
     "SELECT id, enrollment, run, question, kind, name, audience, status, reason, "
     "created_at, accepted_at, channel FROM message WHERE patient=?1 AND department=?2 "
     "AND kind<>'page' ORDER BY id",
     "id:@m enrollment:@e run:@r question:@q kind:s name:s audience:s status:s reason:s "
     "created_at:i accepted_at:i channel:s",
     true},
    {"attempts",
     "SELECT attempt.message, attempt.channel, attempt.status, started_at, ended_at, "
     "identity.person=m.patient, contact.position, identity.position FROM message m "
     "JOIN attempt ON attempt.message=m.id LEFT JOIN identity ON "
     "identity.id=attempt.address LEFT JOIN contact ON contact.patient=m.patient AND "
     "contact.person=identity.person WHERE m.patient=?1 AND m.department=?2 AND "
     "m.kind<>'page' ORDER BY attempt.id",
     "message:@m channel:s status:s started_at:i ended_at:i self:b contact:i number:i",
     true},
    {"tasks",
     "SELECT id, enrollment, run, name, role, form, status, opened_at, closed_at, code, "
     "reason FROM task WHERE patient=?1 AND department=?2 ORDER BY id",
     "id:@t enrollment:@e run:@r name:s role:s form:s status:s opened_at:i closed_at:i "
     "code:s reason:s",
     true},
    {"calls",
     "SELECT task, at, code FROM call WHERE patient=?1 AND task IN (SELECT id FROM task "
     "WHERE task.patient=?1 AND department=?2) ORDER BY id",
     "task:@t at:i code:s", true},
    {"alerts",
     "SELECT id, enrollment, run, task, name, level, opened_at, joined, acknowledged_at, "
     "acted_at, closed_at, closed_by FROM alert WHERE patient=?1 AND department=?2 "
     "ORDER BY id",
     "id:@a enrollment:@e run:@r task:@t name:s level:s opened_at:i joined:i "
     "acknowledged_at:i acted_at:i closed_at:i closed_by:s",
     true},
};

static void put_part(struct call *call, struct json *json, const struct part *part,
                     int64_t patient, const char *department) {
  struct stmt *row = store_query(call->care->store, part->sql,
                                 part->departments ? "it" : "i", patient, department);
  json_key(json, part->name);
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, part->spec);
  stmt_done(row);
  json_close(json, ']');
}

static void put_items(struct json *json, struct stmt *row) {
  struct value all, item;
  size_t len;
  const char *bytes = stmt_bytes(row, 2, &len);
  json_key(json, "items");
  json_open(json, '[');
  if (value_read(bytes, len, &all)) {
    struct value forms = value_field(&all, "form"),
                 one = value_field(&forms, stmt_text(row, 1)),
                 items = value_field(&one, "items");
    struct value_iter iter = value_iterate(&items);
    while (value_next(&iter, NULL, &item)) {
      struct value id = value_field(&item, "id"), kind = value_field(&item, "kind");
      json_open(json, '{');
      json_key(json, "id");
      json_value(json, &id);
      json_key(json, "kind");
      json_value(json, &kind);
      json_close(json, '}');
    }
  }
  json_close(json, ']');
}

// What each version of a form that was answered asked.
static void put_forms(struct call *call, struct json *json, int64_t patient,
                      const char *department) {
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT DISTINCT bundle, form, definitions FROM answer JOIN bundle ON"
                  " bundle.id=answer.bundle WHERE patient=?1 AND answer.department=?2",
                  "it", patient, department);
  json_key(json, "forms");
  json_open(json, '[');
  while (stmt_row(row)) {
    json_open(json, '{');
    call_put_fields(call, json, row, "version:@b form:s");
    put_items(json, row);
    json_close(json, '}');
  }
  stmt_done(row);
  json_close(json, ']');
}

static void put_text(struct json *json, const char *key, const char *text) {
  json_key(json, key);
  json_text(json, text);
}

static void put_festivals(struct call *call, struct json *json) {
  struct buf days = {0};
  festival_put(call->care, &days);
  put_text(json, "festivals", days.data);
  buf_deinit(&days);
}

// What of the hospital's settings says when somebody is told something.
static void put_site(struct call *call, struct json *json) {
  const struct site *site = call->care->site;
  json_key(json, "site");
  json_open(json, '{');
  put_text(json, "zone", site->zone);
  put_text(json, "quiet_hours", site->quiet_hours);
  put_text(json, "contact_windows", site->contact_windows);
  put_text(json, "via", site->via);
  put_festivals(call, json);
  put_text(json, "overdue_role", site->overdue_role);
  json_key(json, "budget_day");
  json_int(json, site->budget_day);
  json_key(json, "budget_week");
  json_int(json, site->budget_week);
  json_close(json, '}');
}

static void put_patient(struct call *call, struct json *json, int64_t patient) {
  struct stmt *row = store_query(call->care->store,
                                 "SELECT id, birth, sex, language, dialect, disclosure, "
                                 "stays, (SELECT count(*) FROM identity WHERE "
                                 "person=patient.id AND kind='phone') FROM patient "
                                 "WHERE id=?1",
                                 "i", patient);
  json_key(json, "patient");
  if (stmt_row(row))
    call_put_row(
        call, json, row,
        "id:@p birth:s sex:s language:s dialect:s disclosure:s stays:i phones:i");
  else
    json_null(json);
  stmt_done(row);
}

static void put_history(struct call *call, int64_t patient, const char *department,
                        struct buf *out) {
  struct json json = {.out = out};
  json_open(&json, '{');
  json_key(&json, "now");
  json_int(&json, kernel_now(call->care->kernel));
  put_text(&json, "department", department);
  put_site(call, &json);
  put_patient(call, &json, patient);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    put_part(call, &json, &parts[i], patient, department);
  put_forms(call, &json, patient, department);
  json_close(&json, '}');
}

static void send(struct call *call, int64_t patient, const struct buf *out) {
  struct buf objects = {0}, object = {0};
  size_t begun = value_begin_list(&objects);
  buf_printf(&object, "patient:%lld", (long long)patient);
  value_put_text(&objects, object.data);
  value_end(&objects, begun, 1);
  desk_audited(call, "patient.history", &objects, NULL, out);
  buf_deinit(&objects);
  buf_deinit(&object);
}

void read_history(struct call *call) {
  bool bad = false;
  const char *department = call_filter(call, "department", &bad);
  int64_t patient = call_row(call, 1, 'p');
  struct buf out = {0};
  if (bad) return;
  if (!department) {
    call_problem(call, 400, "say on whose pathways: department=NAME");
    return;
  }
  if (!patient || !access_patient(call, patient) ||
      !access_department(call, department)) {
    call_problem(call, 404, "there is no such patient among those you see");
    return;
  }
  put_history(call, patient, department, &out);
  send(call, patient, &out);
  buf_deinit(&out);
}

static int64_t filter_time(struct call *call, const char *name, bool *bad) {
  const char *text = call_filter(call, name, bad);
  struct status status = {0};
  int64_t at = 0;
  if (*bad) return 0;
  if (text && !iso_parse(text, care_site_zone(call->care), &at, &status)) return at;
  *bad = true;
  call_problem(call, 400, "%s: %s", name,
               text ? status.text : "is missing: a time, such as 2026-03-01");
  return 0;
}

// A page looks at so many rows, whether they match or not: a long past stalls nobody.
void read_closed(struct call *call) {
  struct list list;
  bool bad = false;
  const char *department = call_filter(call, "department", &bad);
  const char *pathway = call_filter(call, "pathway", &bad);
  int64_t from = filter_time(call, "from", &bad), to = filter_time(call, "to", &bad);
  if (bad || !list_begin(&list, call, 'e')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT id, patient, department, pathway, enrolled_at, ended_at, ended_reason, "
      "ended_at>=?4 AND ended_at<?5 AND (?6 IS NULL OR department=?6) AND (?7 IS NULL OR "
      "pathway=?7) AND " ACCESS_DEPARTMENT(
          "department", "1") " FROM enrollment WHERE id>?2 ORDER BY id LIMIT ?3",
      "tiiiitt", access_departments(call), list.after, (int64_t)SCANNED + 1, from, to,
      department, pathway);
  for (int64_t seen = 0; stmt_row(row); seen++) {
    bool matches = stmt_int(row, 7) != 0;
    list.more = seen == SCANNED || (matches && list.count == list.limit);
    if (list.more) break;
    list.last = stmt_int(row, 0);
    list.count += matches;
    if (matches)
      call_put_row(call, &list.json, row,
                   "id:@e patient:@p department:s pathway:s enrolled_at:z ended_at:z "
                   "ended_reason:s");
  }
  stmt_done(row);
  list_end(&list);
}
