// What scripts know of a patient, whole, for a console on a copy: no names, no numbers.
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/known.h"
#include "api/read.h"
#include "care/facts.h"

enum { OBSERVATIONS = 2000 };

static void put_encoded(struct json *json, const char *key, const struct buf *bytes) {
  struct value view = {0};
  if (bytes->len) value_read(bytes->data, bytes->len, &view);
  json_key(json, key);
  json_value(json, &view);
}

static void put_fields(struct json *json, const struct subject *subject) {
  static const char *const names[] = {"patient", "event", "anchor", "tier", "pathway"};
  struct buf bytes = {0};
  json_key(json, "fields");
  json_open(json, '{');
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    buf_clear(&bytes);
    facts_field(subject, names[i], &bytes);
    put_encoded(json, names[i], &bytes);
  }
  json_close(json, '}');
  buf_clear(&bytes);
  facts_state(subject, &bytes);
  put_encoded(json, "state", &bytes);
  buf_clear(&bytes);
  struct status status = {0};
  struct value none = {0};
  if (!facts_read(subject, "enrollments", &none, &bytes, &status))
    put_encoded(json, "enrollments", &bytes);
  buf_deinit(&bytes);
}

static void put_observations(struct call *call, struct json *json, int64_t patient) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT * FROM (SELECT at, code, day, value, text, id FROM observation WHERE"
      " patient=?1 AND gone IS NULL ORDER BY at DESC, id DESC LIMIT ?2)"
      " ORDER BY at, id",
      "ii", patient, (int64_t)OBSERVATIONS);
  json_key(json, "observations");
  json_open(json, '[');
  while (stmt_row(row)) {
    struct value value = {.kind = VALUE_REAL, .real = stmt_real(row, 3)};
    json_open(json, '{');
    json_key(json, "at");
    json_int(json, stmt_int(row, 0));
    json_key(json, "code");
    json_text(json, stmt_text(row, 1));
    json_key(json, "day");
    json_text(json, stmt_text(row, 2));
    json_key(json, stmt_null(row, 3) ? "text" : "value");
    if (stmt_null(row, 3))
      json_text(json, stmt_text(row, 4));
    else
      json_value(json, &value);
    json_close(json, '}');
  }
  stmt_done(row);
  json_close(json, ']');
}

static void put_silences(struct call *call, struct json *json, int64_t enrollment) {
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT form, count FROM silence WHERE enrollment=?1", "i", enrollment);
  json_key(json, "silences");
  json_open(json, '{');
  while (stmt_row(row)) {
    json_key(json, stmt_text(row, 0));
    json_int(json, stmt_int(row, 1));
  }
  stmt_done(row);
  json_close(json, '}');
}

static void send(struct call *call, int64_t patient, const struct buf *out) {
  struct buf objects = {0}, object = {0};
  size_t begun = value_begin_list(&objects);
  buf_printf(&object, "patient:%lld", (long long)patient);
  value_put_text(&objects, object.data);
  value_end(&objects, begun, 1);
  desk_audited(call, "patient.facts", &objects, NULL, out);
  buf_deinit(&objects);
  buf_deinit(&object);
}

void read_facts(struct call *call) {
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  int64_t patient = call_row(call, 1, 'p');
  struct buf out = {0};
  struct json json = {.out = &out};
  if (bad) return;
  if (!department) {
    call_problem(call, 400, "say whose scripts look: department=NAME");
    return;
  }
  if (!patient || !access_patient(call, patient)) {
    call_problem(call, 404, "there is no such patient among those you see");
    return;
  }
  struct subject subject = {
      .care = call->care, .department = department, .patient = patient};
  subject.enrollment =
      store_int(call->care->store, 0,
                "SELECT id FROM enrollment WHERE patient=?1 AND"
                " department=?2 ORDER BY status='ended', id DESC LIMIT 1",
                "it", patient, department);
  subject.event =
      store_int(call->care->store, 0, "SELECT event FROM enrollment WHERE id=?1", "i",
                subject.enrollment);
  json_open(&json, '{');
  json_key(&json, "now");
  json_int(&json, kernel_now(call->care->kernel));
  json_key(&json, "zone");
  json_text(&json, call->care->site->zone);
  put_fields(&json, &subject);
  put_observations(call, &json, patient);
  put_silences(call, &json, subject.enrollment);
  json_close(&json, '}');
  send(call, patient, &out);
  buf_deinit(&out);
}
