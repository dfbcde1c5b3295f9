#include "api/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/pending.h"
#include "api/read.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/mapping.h"

enum { KEY_MOST = 200 };

struct request {  // an inbox message being made
  struct call *call;
  const char *kind;
  struct merge fields;  // of the body posted, and what the API knows better
  char prefix;          // kind of public id
  int64_t row;
};

static const char *header(const struct call *call, const char *name) {
  return http_header_find(call->request->headers, call->request->header_count, name);
}

// The same key, caller and deed: the same message.
static bool source_id(const struct request *request, struct buf *out) {
  const char *key = header(request->call, "Idempotency-Key");
  char random[17];
  digest_random_id(random);
  if (key && (!*key || strlen(key) > KEY_MOST)) {
    call_problem(request->call, 400, "Idempotency-Key: 1 to %d characters", KEY_MOST);
    return false;
  }
  buf_printf(out, "%s/%s", request->kind, key ? key : random);
  return true;
}

static void source_name(const struct call *call, struct buf *out) {
  buf_printf(out, "api:%s", call->caller->staff);
}

static bool is_repeat(struct request *request, const struct buf *source,
                      const struct buf *id) {
  return header(request->call, "Idempotency-Key") &&
         store_int(request->call->care->store, 0,
                   "SELECT 1 FROM inbox WHERE source_id=?1 AND source=?2", "tt",
                   buf_text(id), buf_text(source));
}

static bool same_revision(const char *condition, int64_t revision) {
  char tag[32];
  snprintf(tag, sizeof tag, "\"%lld\"", (long long)revision);
  return strcmp(condition, "*") == 0 || strstr(condition, tag);
}

// RFC 9110: If-Match names the version that the nurse saw.
static bool check_match(struct request *request, int64_t revision) {
  const char *condition = header(request->call, "If-Match");
  if (!condition || !revision || same_revision(condition, revision)) return true;
  call_problem(request->call, 412, "it has changed since it was read: read it again");
  return false;
}

// What a handler says beyond its status: counts, moments, what it made.
static void put_told(struct call *call, struct json *json, const struct value *result) {
  static const char *const moments[] = {"expires_at", "proved_at"};
  static const char *const words[] = {"step", "day", "waits_for"};
  static const char *const counts[] = {"sampled", "suspected"};
  struct value released = value_field(result, "released"),
               message = value_field(result, "message"),
               task = value_field(result, "task"), ended = value_field(result, "ended"),
               improvement = value_field(result, "improvement");
  if (released.kind == VALUE_INT) {
    json_key(json, "released");
    json_value(json, &released);
  }
  if (ended.kind == VALUE_INT) {
    json_key(json, "ended");
    json_int(json, ended.integer);
  }
  if (message.kind == VALUE_INT) call_put_id(call, json, "message", 'm', message.integer);
  if (task.kind == VALUE_INT) call_put_id(call, json, "task", 't', task.integer);
  if (improvement.kind == VALUE_INT)
    call_put_id(call, json, "improvement", 'f', improvement.integer);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    struct value count = value_field(result, counts[i]);
    if (count.kind == VALUE_INT) json_number(json, counts[i], count.integer);
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    struct value word = value_field(result, words[i]);
    if (word.kind != VALUE_TEXT) continue;
    json_key(json, words[i]);
    json_value(json, &word);
  }
  for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
    struct value at = value_field(result, moments[i]);
    if (at.kind != VALUE_INT) continue;
    json_key(json, moments[i]);
    json_time(json, at.integer, care_site_zone(call->care));
  }
}

// The task or alert as it is now; of the rest what their handlers say.
static void put_now(struct call *call, char kind, int64_t row,
                    const struct value *result) {
  if (kind == 't') {
    read_send_task(call, row);
  } else if (kind == 'a') {
    read_send_alert(call, row);
  } else if (kind == 'r') {
    struct buf out = {0};
    struct json json = {.out = &out};
    json_open(&json, '{');
    read_run_fields(call, &json, row);
    json_close(&json, '}');
    call_send(call, 200, &out, NULL);
    buf_deinit(&out);
  } else {
    struct buf out = {0};
    struct json json = {.out = &out};
    json_open(&json, '{');
    json_key(&json, "done");
    json_bool(&json, true);
    put_told(call, &json, result);
    json_close(&json, '}');
    call_send(call, 200, &out, NULL);
    buf_deinit(&out);
  }
}

static void on_done(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail");
  struct call call = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .caller = pending->caller};
  int code = (int)value_int_or(&status, 500);
  char *text = value_copy_text(&detail);
  if (code == 409 && !text)
    text = mem_copy_text("this Idempotency-Key was used with another body");
  if (code >= 400)
    call_problem(&call, code, "%s", text ? text : "it was refused");
  else
    put_now(&call, pending->kind, pending->row, result);
  mem_free(text);
}

static void send_to_inbox(struct request *request, const struct buf *source,
                          const struct buf *id) {
  struct call *call = request->call;
  struct buf body = {0};
  merge_end(&request->fields, &body);
  struct pending *pending = pending_new(call->api, call->request, on_done);
  call->request = NULL;
  pending->caller = call->caller;
  pending->row = request->row;
  pending->kind = request->prefix;
  pending_submit(pending, source->data, id->data, request->kind, &body);
  buf_deinit(&body);
}

static void drop(struct request *request) {
  struct buf unused = {0};
  merge_end(&request->fields, &unused);
  buf_deinit(&unused);
}

static void submit(struct request *request, int64_t revision) {
  struct buf source = {0}, id = {0};
  source_name(request->call, &source);
  if (source_id(request, &id) &&
      (is_repeat(request, &source, &id) || check_match(request, revision)))
    send_to_inbox(request, &source, &id);
  else
    drop(request);
  buf_deinit(&source);
  buf_deinit(&id);
}

static void begin(struct request *request, struct call *call, const char *kind,
                  char prefix, int64_t row) {
  *request = (struct request){.call = call, .kind = kind, .prefix = prefix, .row = row};
  merge_bytes(&request->fields, call->body.items.count ? call->body_bytes.data : "",
              call->body.items.count ? call->body_bytes.len : 0);
}

void desk_submit(struct call *call, const char *kind, char prefix, int64_t row,
                 struct merge *more) {
  struct request request;
  struct buf fields = {0};
  begin(&request, call, kind, prefix, row);
  merge_end(more, &fields);
  merge_bytes(&request.fields, fields.data, fields.len);
  buf_deinit(&fields);
  submit(&request, 0);
}

// A number that was rung is told by its public id.
static void translate_identity(struct request *request) {
  struct value field = value_field(&request->call->body, "identity");
  char *text = value_copy_text(&field);
  if (text)
    merge_int(&request->fields, "identity",
              public_id_parse(request->call->api->keys.public_id, 'n', text));
  mem_free(text);
}

// The row of this kind that the caller may see, or 404 and 0; revision as it is now.
static int64_t find(struct call *call, const char *what, struct stmt *row,
                    int64_t *revision) {
  int64_t id = 0;
  if (stmt_row(row)) {
    id = stmt_int(row, 0);
    *revision = stmt_int(row, 1);
  }
  stmt_done(row);
  if (!id) call_problem(call, 404, "there is no such %s among those you see", what);
  return id;
}

void desk_task(struct call *call) {
  char kind[32];
  struct request request;
  int64_t revision = 0;
  int64_t id =
      find(call, "task",
           store_query(call->care->store,
                       "SELECT id, revision FROM task WHERE id=?2 AND " ACCESS_DEPARTMENT(
                           "department", "1"),
                       "ti", access_departments(call), call_row(call, 1, 't')),
           &revision);
  if (!id) return;
  snprintf(kind, sizeof kind, "task.%s", call->segments[2]);
  begin(&request, call, kind, 't', id);
  merge_int(&request.fields, "task", id);
  merge_text(&request.fields, "staff", call->caller->staff);
  translate_identity(&request);
  submit(&request, revision);
}

void desk_alert(struct call *call) {
  struct request request;
  int64_t revision = 0;
  int64_t id = find(
      call, "alert",
      store_query(call->care->store,
                  "SELECT id, revision FROM alert WHERE id=?2 AND " ACCESS_DEPARTMENT(
                      "department", "1"),
                  "ti", access_departments(call), call_row(call, 1, 'a')),
      &revision);
  if (!id) return;
  const char *verb = call->segments[2];
  begin(&request, call,
        strcmp(verb, "ack") == 0   ? "alert.ack"
        : strcmp(verb, "act") == 0 ? "alert.act"
                                   : "alert.done",
        'a', id);
  merge_int(&request.fields, "alert", id);
  merge_text(&request.fields, "staff", call->caller->staff);
  submit(&request, revision);
}

static void add_message_name(struct request *request, int64_t id) {
  struct stmt *row =
      store_query(request->call->care->store,
                  "SELECT department, name FROM message WHERE id=?1", "i", id);
  if (stmt_row(row)) {
    merge_text(&request->fields, "department", stmt_text(row, 0));
    merge_text(&request->fields, "name", stmt_text(row, 1));
  }
  stmt_done(row);
}

void desk_message(struct call *call) {
  struct request request;
  int64_t revision = 0;
  int64_t id =
      find(call, "message",
           store_query(call->care->store,
                       "SELECT id, 0 FROM message WHERE id=?2 AND " ACCESS_DEPARTMENT(
                           "department", "1"),
                       "ti", access_departments(call), call_row(call, 1, 'm')),
           &revision);
  if (!id) return;
  const char *verb = call->segments[2];
  bool text = strcmp(verb, "approve") == 0 || strcmp(verb, "withdraw") == 0;
  begin(&request, call,
        !text          ? *verb == 'r' ? "message.resolve" : "message.cancel"
        : *verb == 'a' ? "message.approve"
                       : "message.withdraw",
        'm', id);
  merge_int(&request.fields, "message", id);
  merge_text(&request.fields, "by", call->caller->staff);
  if (text) add_message_name(&request, id);
  submit(&request, 0);
}

// The inbox message of a patient's verb: its own name unless it says another.
static const char *patient_kind(const char *verb) {
  static const char *const others[][2] = {{"send-code", "number.code"},
                                          {"prove", "number.prove"}};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (!strcmp(others[i][0], verb)) return others[i][1];
  return verb;
}

void desk_patient(struct call *call) {
  struct request request;
  int64_t id = call_row(call, 1, 'p');
  if (!id || !access_patient(call, id)) {
    call_problem(call, 404, "there is no such patient among those you see");
    return;
  }
  begin(&request, call, patient_kind(call->segments[2]), 'p', id);
  translate_identity(&request);
  struct value person = value_field(&call->body, "person");
  char *text = value_copy_text(&person);
  merge_int(&request.fields, "patient", id);
  merge_text(&request.fields, "by", call->caller->staff);
  if (text)
    merge_int(&request.fields, "person",
              public_id_parse(call->api->keys.public_id, 'c', text));
  if (text && !public_id_parse(call->api->keys.public_id, 'c', text)) {
    drop(&request);
    call_problem(call, 422, "person: is no contact's id; take it from the patient");
  } else {
    submit(&request, 0);
  }
  mem_free(text);
}

static void desk_job_run(struct call *call, int64_t id) {
  struct request request;
  if (strcmp(call->segments[2], "retry") != 0) {
    call_problem(call, 409,
                 "this run is a job's, which waits for nothing: it can only "
                 "be tried again");
    return;
  }
  begin(&request, call, "job.retry", 'g', id);
  merge_int(&request.fields, "job_run", id);
  merge_text(&request.fields, "staff", call->caller->staff);
  submit(&request, 0);
}

void desk_run(struct call *call) {
  struct request request;
  int64_t nothing = 0, job_run = read_job_run_find(call);
  if (job_run) {
    desk_job_run(call, job_run);
    return;
  }
  int64_t id = find(
      call, "run",
      store_query(
          call->care->store,
          "SELECT id, 0 FROM run WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
          "ti", access_departments(call), call_row(call, 1, 'r')),
      &nothing);
  if (!id) return;
  begin(&request, call, "run.deed", 'r', id);
  merge_int(&request.fields, "run", id);
  merge_text(&request.fields, "verb", call->segments[2]);
  merge_text(&request.fields, "staff", call->caller->staff);
  submit(&request, 0);
}

void desk_duty(struct call *call) {
  struct request request;
  begin(&request, call, "duty.set", 'd', 0);
  merge_text(&request.fields, "by", call->caller->staff);
  submit(&request, 0);
}

void desk_ring_back(struct call *call) {
  struct request request;
  begin(&request, call, "ring-back", 'w', 0);
  merge_text(&request.fields, "by", call->caller->staff);
  submit(&request, 0);
}

void desk_clock(struct call *call) {
  struct request request;
  begin(&request, call, "clock.confirm", 'k', 0);
  merge_text(&request.fields, "by", call->caller->staff);
  submit(&request, 0);
}

void desk_staff(struct call *call) {
  struct request request;
  begin(&request, call, "staff.put", 's', 0);
  merge_text(&request.fields, "by", call->caller->staff);
  submit(&request, 0);
}

static void audit(struct call *call, struct pending *pending, const char *action,
                  const struct value *objects, const char *detail) {
  struct buf body = {0}, source = {0};
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "action", action);
  mapping_text(&map, "actor", call->caller->staff);
  mapping_text(&map, "detail", detail);
  mapping_value(&map, "objects", objects);
  mapping_end(&map);
  source_name(call, &source);
  pending_submit(pending, source.data, NULL, "audit", &body);
  buf_deinit(&source);
  buf_deinit(&body);
}

static void on_audited(struct pending *pending, const struct value *result) {
  struct call call = {.api = pending->api, .request = pending->request};
  struct value status = value_field(result, "status");
  int code = (int)value_int_or(&status, 500);
  if (code >= 300)
    call_problem(&call, code, "it could not be kept who looked, so nothing is shown");
  else
    call_send(&call, 200, &pending->text, NULL);
}

void desk_audited(struct call *call, const char *action, const struct buf *objects,
                  const char *detail, const struct buf *json) {
  struct value list;
  if (call_unread(call)) return;
  value_read(objects->data, objects->len, &list);
  struct pending *pending = pending_new(call->api, call->request, on_audited);
  call->request = NULL;
  buf_put(&pending->text, json->data, json->len);
  audit(call, pending, action, &list, detail);
}

void desk_audit_first(struct call *call, const char *action, const char *object,
                      struct pending *pending) {
  struct buf objects = {0};
  struct value list;
  size_t begun = value_begin_list(&objects);
  value_put_text(&objects, object);
  value_end(&objects, begun, 1);
  value_read(objects.data, objects.len, &list);
  call->request = NULL;
  audit(call, pending, action, &list, NULL);
  buf_deinit(&objects);
}
