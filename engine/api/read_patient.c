// Patients: who they are as far as the caller may know, why they were rung, their story.
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/read.h"
#include "base/mask.h"
#include "care/phone.h"
#include "care/timeline.h"

enum { FOUND_MOST = 20, REASONS = 5 };

// When the number was proved, how and by whom (WARD 10); no moment: it is not.
static void put_proof(struct call *call, struct json *json, struct stmt *row) {
  json_key(json, "proved_at");
  json_time(json, stmt_int(row, 4), care_site_zone(call->care));
  json_key(json, "proved_how");
  json_text(json, stmt_text(row, 5));
  json_key(json, "proved_by");
  json_text(json, stmt_text(row, 6));
}

static void put_number(struct call *call, struct json *json, struct stmt *row) {
  bool whole = caller_may(call->caller, SCOPE_CONTACTS);
  const char *kind = stmt_text(row, 1), *value = stmt_text(row, 2);
  struct buf masked = {0};
  json_open(json, '{');
  call_put_id(call, json, "id", 'n', stmt_int(row, 0));
  json_key(json, "kind");
  json_text(json, kind);
  json_key(json, "value");
  if (whole)
    buf_puts(&masked, value);
  else if (strcmp(kind, "name") == 0)
    mask_name(value, &masked);
  else
    mask_number(value, &masked);
  json_text(json, buf_text(&masked));
  json_key(json, "flag");
  json_text(json, stmt_text(row, 3));
  if (strcmp(kind, "phone") == 0) put_proof(call, json, row);
  json_close(json, '}');
  buf_deinit(&masked);
}

static void put_identities(struct call *call, struct json *json, int64_t person) {
  struct stmt *row = store_query(call->care->store,
                                 "SELECT id, kind, value, flag, proved_at, proved_how,"
                                 " proved_by FROM identity WHERE"
                                 " person=?1 AND kind<>'national-id' ORDER BY kind,"
                                 " position, id LIMIT 50",
                                 "i", person);
  json_key(json, "identities");
  json_open(json, '[');
  while (stmt_row(row)) put_number(call, json, row);
  json_close(json, ']');
  stmt_done(row);
}

static void put_contacts(struct call *call, struct json *json, int64_t patient) {
  int64_t persons[50];
  int count = 0;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT person, relation, position, proxy, opted_out_at, trim(opted_out_of, '|'),"
      " wrong_number_at,"
      " unreachable_at, prefers FROM contact WHERE patient=?1 ORDER BY position, person "
      "LIMIT 50",
      "i", patient);
  json_key(json, "contacts");
  json_open(json, '[');
  while (stmt_row(row)) {
    persons[count++] = stmt_int(row, 0);
    call_put_row(call, json, row,
                 "person:@c relation:s position:i proxy:b opted_out_at:z opted_out_of:s "
                 "wrong_number_at:z unreachable_at:z prefers:s");
  }
  stmt_done(row);
  json_close(json, ']');
  json_key(json, "numbers");
  json_open(json, '[');
  for (int i = 0; i < count; i++) {
    json_open(json, '{');
    call_put_id(call, json, "person", 'c', persons[i]);
    put_identities(call, json, persons[i]);
    json_close(json, '}');
  }
  json_close(json, ']');
}

static void put_bindings(struct call *call, struct json *json, int64_t patient) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT person, identity, nullif(channel,''), at, ended_at, ended_by FROM binding"
      " WHERE patient=?1 ORDER BY at LIMIT 100",
      "i", patient);
  json_key(json, "bindings");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(call, json, row,
                 "person:@c identity:@n channel:s at:z ended_at:z ended_by:s");
  stmt_done(row);
  json_close(json, ']');
}

static void put_consents(struct call *call, struct json *json, int64_t patient) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT person, nullif(class,''), nullif(channel,''), given, at, by_who, how FROM"
      " consent WHERE patient=?1 ORDER BY person, class, channel LIMIT 200",
      "i", patient);
  json_key(json, "consents");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(call, json, row, "person:@c class:s channel:s given:b at:z by:s how:s");
  stmt_done(row);
  json_close(json, ']');
}

// What somebody who rings back is told (WARD 11).
static void put_reasons(struct call *call, struct json *json, int64_t patient) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT at, what, name, status FROM (SELECT coalesce(accepted_at, created_at) AS"
      " at, 'message' AS what, name, status FROM message WHERE patient=?1 AND "
      ACCESS_DEPARTMENT("department", "2")
      " UNION ALL SELECT opened_at, 'task', name, status FROM task WHERE patient=?1 AND"
      " status='open' AND " ACCESS_DEPARTMENT("department", "2")
      " UNION ALL SELECT c.at, 'call', t.name, c.code FROM call c JOIN task t ON"
      " t.id=c.task WHERE c.patient=?1 AND " ACCESS_DEPARTMENT("t.department", "2")
      ") ORDER BY at DESC LIMIT ?3",
      "iti", patient, access_departments(call), (int64_t)REASONS);
  json_key(json, "recent");
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, "at:z what:s name:s status:s");
  stmt_done(row);
  json_close(json, ']');
}

static bool put_patient(struct call *call, struct json *json, int64_t id) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT id, sex, substr(birth, 1, 7), language, disclosure, inpatient, died_at,"
      " disputed_at, merged_into, revision FROM patient WHERE id=?1",
      "i", id);
  bool found = stmt_row(row);
  if (found) {
    json_open(json, '{');
    call_put_fields(call, json, row,
                    "id:@p sex:s birth_month:s language:s disclosure:s inpatient:b "
                    "died_at:z disputed_at:z merged_into:@p revision:i");
  }
  stmt_done(row);
  if (!found) return false;
  put_contacts(call, json, id);
  put_consents(call, json, id);
  put_bindings(call, json, id);
  put_reasons(call, json, id);
  json_close(json, '}');
  return true;
}

static void add_object(struct buf *out, int64_t patient) {
  struct buf text = {0};
  buf_printf(&text, "patient:%lld", (long long)patient);
  value_put_text(out, text.data);
  buf_deinit(&text);
}

static struct stmt *search(struct call *call, const char *mrn, const char *phone,
                           const char *name) {
  return store_query(
      call->care->store,
      "SELECT DISTINCT p.id FROM identity i JOIN contact c ON c.person=i.person JOIN"
      " patient p ON p.id=c.patient WHERE i.value=?1 AND i.kind=?2 AND (c.relation='self'"
      " OR i.kind='phone') AND " ACCESS_PATIENT("p.id", "3", "4")
      " UNION SELECT p.id FROM identity i JOIN patient p ON p.id=i.person WHERE"
      " i.value=?1 AND i.kind=?2 AND " ACCESS_PATIENT("p.id", "3", "4")
      " ORDER BY 1 LIMIT ?5",
      "tttii", mrn ? mrn : phone ? phone : name, mrn ? "mrn" : phone ? "phone" : "name",
      access_departments(call), kernel_now(call->care->kernel), (int64_t)FOUND_MOST);
}

void read_patients(struct call *call) {
  int64_t found[FOUND_MOST];
  int count = 0;
  bool bad = false;
  const char *mrn = call_filter(call, "mrn", &bad),
             *phone = call_filter(call, "phone", &bad),
             *name = call_filter(call, "q", &bad);
  if (bad) return;
  if (!mrn && !phone && !name) {
    call_problem(call, 400, "give mrn, phone, or q (the whole name)");
    return;
  }
  char digits[PHONE_SIZE];
  if (phone && phone_normalize(phone, strlen(phone), digits)) phone = digits;
  struct stmt *row = search(call, mrn, phone, name);
  while (count < FOUND_MOST && stmt_row(row)) found[count++] = stmt_int(row, 0);
  stmt_done(row);
  struct buf out = {0}, objects = {0};
  struct json json = {.out = &out};
  size_t begun = value_begin_list(&objects);
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  for (int i = 0; i < count; i++) {
    put_patient(call, &json, found[i]);
    add_object(&objects, found[i]);
  }
  json_close(&json, ']');
  json_close(&json, '}');
  value_end(&objects, begun, (uint32_t)count);
  desk_audited(call, "patient.find", &objects,
               mrn     ? "mrn"
               : phone ? "phone"
                       : "name",
               &out);
  buf_deinit(&objects);
  buf_deinit(&out);
}

static int64_t find_patient(struct call *call) {
  int64_t id = call_row(call, 1, 'p');
  if (id && access_patient(call, id)) return id;
  call_problem(call, 404, "there is no such patient among those you see");
  return 0;
}

static void send_audited(struct call *call, const char *action, int64_t patient,
                         const struct buf *out) {
  struct buf objects = {0};
  size_t begun = value_begin_list(&objects);
  add_object(&objects, patient);
  value_end(&objects, begun, 1);
  desk_audited(call, action, &objects, NULL, out);
  buf_deinit(&objects);
}

void read_patient(struct call *call) {
  int64_t id = find_patient(call);
  struct buf out = {0};
  struct json json = {.out = &out};
  if (!id) return;
  put_patient(call, &json, id);
  send_audited(call, "patient.read", id, &out);
  buf_deinit(&out);
}

static void put_entry(struct call *call, struct json *json,
                      const struct timeline_entry *entry, struct buf *line) {
  buf_clear(line);
  timeline_line(call->care, entry, line);
  json_open(json, '{');
  json_key(json, "at");
  json_time(json, entry->at, care_site_zone(call->care));
  json_key(json, "what");
  json_text(json, entry->what);
  call_put_id(call, json, "id", entry->kind, entry->ref);
  json_key(json, "department");
  json_text(json, entry->department);
  json_key(json, "text");
  json_text(json, entry->text);
  json_key(json, "planned");
  json_bool(json, entry->planned);
  json_key(json, "line");
  json_text(json, buf_text(line));
  json_close(json, '}');
}

void read_timeline(struct call *call) {
  int64_t id = find_patient(call);
  struct timeline timeline;
  struct buf out = {0}, line = {0};
  struct json json = {.out = &out};
  if (!id) return;
  timeline_read(call->care, id, access_departments(call), &timeline);
  json_open(&json, '{');
  call_put_id(call, &json, "patient", 'p', id);
  json_key(&json, "items");
  json_open(&json, '[');
  for (size_t i = 0; i < timeline.count; i++)
    put_entry(call, &json, &timeline.entries[i], &line);
  json_close(&json, ']');
  json_close(&json, '}');
  send_audited(call, "patient.timeline", id, &out);
  timeline_deinit(&timeline);
  buf_deinit(&line);
  buf_deinit(&out);
}
