// Somebody rings back: whom the number serves, and why each of them was rung (WARD 11).
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/read.h"
#include "base/mask.h"
#include "care/message_text.h"
#include "care/phone.h"

enum { PATIENTS = 20, SHOWN = 5 };

struct one {  // a patient whom the number serves, and whose it is
  int64_t patient, person;
};

static void put_name(struct call *call, struct json *json, int64_t person) {
  struct buf masked = {0};
  struct stmt *row = store_query(
      call->care->store,
      "SELECT value FROM identity WHERE person=?1 AND kind='name' LIMIT 1", "i", person);
  if (stmt_row(row)) {
    if (caller_may(call->caller, SCOPE_CONTACTS))
      buf_puts(&masked, stmt_text(row, 0));
    else
      mask_name(stmt_text(row, 0), &masked);
  }
  stmt_done(row);
  json_text(json, masked.len ? buf_text(&masked) : NULL);
  buf_deinit(&masked);
}

static void put_who(struct call *call, struct json *json, const struct one *one,
                    const char *phone) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT p.id, substr(p.birth, 1, 7), p.language, p.dialect, p.inpatient, p.died_at,"
      " c.person, c.relation, i.flag, i.proved_at, c.opted_out_at FROM patient p JOIN"
      " contact c ON c.patient=p.id JOIN identity i ON i.person=c.person AND"
      " i.kind='phone' AND i.value=?3 WHERE p.id=?1 AND c.person=?2 LIMIT 1",
      "iit", one->patient, one->person, phone);
  if (stmt_row(row))
    call_put_fields(call, json, row,
                    "patient:@p birth_month:s language:s dialect:s inpatient:b died_at:z "
                    "person:@c relation:s flag:s proved_at:z opted_out_at:z");
  stmt_done(row);
  json_key(json, "name");
  put_name(call, json, one->patient);
  json_key(json, "caller");
  put_name(call, json, one->person);
}

static void put_list(struct call *call, struct json *json, const char *key,
                     struct stmt *row, const char *spec) {
  json_key(json, key);
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, spec);
  json_close(json, ']');
  stmt_done(row);
}

static void put_title(struct call *call, struct json *json, const char *department,
                      const char *kind, const char *name) {
  struct value definition = catalog_find(
      call->care->catalog, department, !strcmp(kind, "send") ? "template" : "form", name);
  struct value title = value_field(&definition, "title");
  json_key(json, "title");
  if (title.kind == VALUE_NIL)
    json_null(json);
  else
    json_value(json, &title);
}

static void put_messages(struct call *call, struct json *json, const struct one *one) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT id, department, kind, name, channel, status, accepted_at, person FROM"
      " message WHERE patient=?1 AND kind<>'page' AND accepted_at IS NOT NULL "
      "AND " ACCESS_DEPARTMENT("department", "2") " ORDER BY accepted_at DESC LIMIT ?3",
      "iti", one->patient, access_departments(call), (int64_t)SHOWN);
  json_key(json, "messages");
  json_open(json, '[');
  while (stmt_row(row)) {
    json_open(json, '{');
    call_put_fields(call, json, row,
                    "id:@m department:s kind:s name:s channel:s status:s at:z to:@c");
    put_title(call, json, stmt_text(row, 1), stmt_text(row, 2), stmt_text(row, 3));
    json_close(json, '}');
  }
  json_close(json, ']');
  stmt_done(row);
}

static void put_why(struct call *call, struct json *json, const struct one *one) {
  struct store *store = call->care->store;
  const char *departments = access_departments(call);
  put_list(call, json, "tasks",
           store_query(store,
                       "SELECT id, department, name, role, form, note, due_at,"
                       " claimed_by FROM task WHERE patient=?1 AND status='open' "
                       "AND " ACCESS_DEPARTMENT(
                           "department", "2") " ORDER BY due_at IS NULL, due_at LIMIT ?3",
                       "iti", one->patient, departments, (int64_t)SHOWN),
           "id:@t department:s name:s role:s form:s note:s due_at:z claimed_by:s");
  put_list(
      call, json, "calls",
      store_query(
          store,
          "SELECT c.at, t.department, t.name, c.code, c.by_who, c.note FROM"
          " call c JOIN task t ON t.id=c.task WHERE c.patient=?1 AND " ACCESS_DEPARTMENT(
              "t.department", "2") " ORDER BY c.at DESC LIMIT ?3",
          "iti", one->patient, departments, (int64_t)SHOWN),
      "at:z department:s name:s code:s by:s note:s");
  put_messages(call, json, one);
}

static int find(struct call *call, const char *phone, struct one *out) {
  int count = 0;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT DISTINCT c.patient, c.person FROM identity i JOIN contact c ON"
      " c.person=i.person WHERE i.value=?1 AND i.kind='phone' AND " ACCESS_PATIENT(
          "c.patient", "2", "3") " ORDER BY c.patient, c.person LIMIT ?4",
      "ttii", phone, access_departments(call), kernel_now(call->care->kernel),
      (int64_t)PATIENTS);
  while (count < PATIENTS && stmt_row(row))
    out[count++] = (struct one){stmt_int(row, 0), stmt_int(row, 1)};
  stmt_done(row);
  return count;
}

static void put_all(struct call *call, const char *phone, const struct one *list,
                    int count, struct buf *out) {
  struct json json = {.out = out};
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  for (int i = 0; i < count; i++) {
    json_open(&json, '{');
    put_who(call, &json, &list[i], phone);
    put_why(call, &json, &list[i]);
    json_close(&json, '}');
  }
  json_close(&json, ']');
  json_close(&json, '}');
}

static void put_objects(const struct one *list, int count, struct buf *out) {
  size_t begun = value_begin_list(out);
  for (int i = 0; i < count; i++) {
    struct buf text = {0};
    buf_printf(&text, "patient:%lld", (long long)list[i].patient);
    value_put_text(out, text.data);
    buf_deinit(&text);
  }
  value_end(out, begun, (uint32_t)count);
}

void read_ring_back(struct call *call) {
  struct one list[PATIENTS];
  struct buf out = {0}, objects = {0};
  char phone[PHONE_SIZE];
  bool bad = false;
  const char *given = call_filter(call, "phone", &bad);
  if (bad) return;
  if (!given || !phone_normalize(given, strlen(given), phone)) {
    call_problem(call, 400, "phone: give the number that rings, as it is shown");
    return;
  }
  int count = find(call, phone, list);
  put_all(call, phone, list, count, &out);
  put_objects(list, count, &objects);
  desk_audited(call, "ring-back", &objects, NULL, &out);
  buf_deinit(&objects);
  buf_deinit(&out);
}
