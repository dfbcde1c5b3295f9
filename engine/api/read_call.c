#include "api/read_call.h"

#include "api/access.h"
#include "api/case_view.h"
#include "api/desk.h"
#include "api/read.h"
#include "base/mask.h"
#include "care/case.h"
#include "care/dial.h"

// Since when and until when nobody else may ring the patient.
static void put_ringing(struct call *call, struct json *json, int64_t task) {
  struct dial_ringing ringing;
  int64_t patient =
      store_int(call->care->store, 0, "SELECT patient FROM task WHERE id=?1", "i", task);
  json_key(json, "ringing");
  if (!patient || !dial_is_ringing(call->care, patient, 0, &ringing)) {
    json_null(json);
    return;
  }
  const struct zone *zone = care_site_zone(call->care);
  json_open(json, '{');
  json_key(json, "since");
  json_time(json, ringing.since, zone);
  json_key(json, "until");
  json_time(json, ringing.until, zone);
  json_key(json, "by");
  json_text(json, ringing.by);
  json_close(json, '}');
}

void put_dials(struct call *call, struct json *json, int64_t task) {
  struct stmt *row = store_query(call->care->store,
                                 "SELECT at, by_who, channel, identity, status, "
                                 "ended_at, seconds, code, note, detail,"
                                 " recording, unknown_at FROM dial WHERE task=?1 ORDER BY"
                                 " id",
                                 "i", task);
  json_key(json, "dials");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(call, json, row,
                 "at:z by:s channel:s number:@n status:s ended_at:z seconds:i code:s "
                 "note:s detail:s recording:s unknown_at:z");
  stmt_done(row);
  json_close(json, ']');
  put_ringing(call, json, task);
  row = store_query(call->care->store,
                    "SELECT d.code, d.note, d.ended_at, d.channel FROM dial d JOIN task t"
                    " ON t.id=d.task WHERE d.task=?1 AND d.code IS NOT NULL AND t.status"
                    " IN ('open','held') ORDER BY d.id DESC LIMIT 1",
                    "i", task);
  json_key(json, "proposed");
  if (stmt_row(row))
    call_put_row(call, json, row, "code:s note:s at:z channel:s");
  else
    json_null(json);
  stmt_done(row);
}

static void put_number(struct call *call, struct json *json, struct stmt *row) {
  struct buf shown = {0}, link = {0};
  const char *number = stmt_text(row, 9);
  bool whole = caller_may(call->caller, SCOPE_CONTACTS);
  if (whole)
    buf_puts(&shown, number);
  else
    mask_number(number, &shown);
  buf_printf(&link, "tel:%s", number);
  json_open(json, '{');
  call_put_fields(call, json, row,
                  "id:@n relation:s person:@c flag:s proved_at:z opted_out_at:z "
                  "wrong_number_at:z last_code:s last_at:z");
  json_key(json, "number");
  json_text(json, buf_text(&shown));
  json_key(json, "tel");
  json_text(json, whole ? buf_text(&link) : NULL);
  json_close(json, '}');
  buf_deinit(&shown);
  buf_deinit(&link);
}

// In the order in which they are rung: the patient's own, then the contacts'.
static void put_numbers(struct call *call, struct json *json, int64_t patient) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT i.id, coalesce(k.relation, 'self'), i.person, i.flag, i.proved_at,"
      " k.opted_out_at, k.wrong_number_at, l.code, l.at, i.value FROM (SELECT ?1 AS "
      "person,"
      " 0 AS position UNION ALL SELECT person, position FROM contact WHERE patient=?1 AND"
      " person<>?1) c JOIN identity i ON i.person=c.person AND i.kind='phone' LEFT JOIN"
      " contact k ON k.patient=?1 AND k.person=c.person LEFT JOIN call l ON l.id=(SELECT"
      " max(id) FROM call WHERE patient=?1 AND identity=i.id) ORDER BY i.person<>?1,"
      " c.position, i.position, i.id LIMIT 50",
      "i", patient);
  json_key(json, "items");
  json_open(json, '[');
  while (stmt_row(row)) put_number(call, json, row);
  stmt_done(row);
  json_close(json, ']');
}

static void send_numbers(struct call *call, int64_t patient) {
  struct buf out = {0}, object = {0}, objects = {0};
  struct json json = {.out = &out};
  json_open(&json, '{');
  call_put_id(call, &json, "patient", 'p', patient);
  put_numbers(call, &json, patient);
  json_close(&json, '}');
  buf_printf(&object, "patient:%lld", (long long)patient);
  size_t begun = value_begin_list(&objects);
  value_put_text(&objects, object.data);
  value_end(&objects, begun, 1);
  desk_audited(call, "task.numbers", &objects, NULL, &out);
  buf_deinit(&out);
  buf_deinit(&object);
  buf_deinit(&objects);
}

void read_numbers(struct call *call) {
  struct stmt *row = store_query(call->care->store,
                                 "SELECT patient, enrollment FROM task WHERE id=?2 AND"
                                 " " ACCESS_DEPARTMENT("department", "1"),
                                 "ti", access_departments(call), call_row(call, 1, 't'));
  bool found = stmt_row(row);
  int64_t patient = found ? stmt_int(row, 0) : 0,
          enrollment = found ? stmt_int(row, 1) : 0;
  stmt_done(row);
  if (patient && enrollment && case_is(call->care, enrollment) &&
      !case_view_of(call, enrollment).whole)
    call_problem(
        call, 403,
        "this is a case's, and you are none of those who handle it: afterward case "
        "unmask, with a reason");
  else if (patient)
    send_numbers(call, patient);
  else if (found)
    call_problem(call, 409,
                 "this task belongs to no patient, so there is nobody to ring");
  else
    call_problem(call, 404, "there is no such task among those you see");
}
