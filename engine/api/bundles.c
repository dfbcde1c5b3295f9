#include "api/bundles.h"

#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "base/mem.h"

enum { SHORT_HASH = 12, VERSIONS = 50 };

static void put_hash(struct json *json, const char *hash) {
  json_key(json, "hash");
  json_text(json, hash);
  json_key(json, "short");
  if (hash)
    json_text_len(json, hash, strnlen(hash, SHORT_HASH));
  else
    json_null(json);
}

// Fields of an object that is open; columns digest, activation's at, by_who, way, git.
static void put_version(struct call *call, struct json *json, struct stmt *row) {
  put_hash(json, stmt_text(row, 0));
  json_key(json, "at");
  json_time(json, stmt_int(row, 1), care_site_zone(call->care));
  json_key(json, "by");
  json_text(json, stmt_text(row, 2));
  json_key(json, "way");
  json_text(json, stmt_text(row, 3));
  json_key(json, "git");
  json_text(json, stmt_text(row, 4));
}

static void put_encoded(struct json *json, const char *key, struct stmt *row,
                        int column) {
  size_t len;
  const char *bytes = stmt_bytes(row, column, &len);
  struct value value = {0};
  if (bytes) value_read(bytes, len, &value);
  json_key(json, key);
  json_value(json, &value);
}

static void put_report(struct call *call, struct json *json, struct stmt *row,
                       int column) {
  size_t len;
  const char *bytes = stmt_bytes(row, column, &len);
  struct value report = {0};
  if (bytes) value_read(bytes, len, &report);
  json_key(json, "report");
  bundle_report_json(call, json, &report);
}

static void put_active(struct call *call, struct json *json, const char *department,
                       bool whole) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT digest, at, by_who, way, git, report FROM activation JOIN bundle ON "
      "bundle.id=activation.bundle WHERE activation.department=?1 ORDER BY "
      "activation.id DESC LIMIT 1",
      "t", department);
  json_key(json, "active");
  if (stmt_row(row)) {
    json_open(json, '{');
    put_version(call, json, row);
    if (whole) put_report(call, json, row, 5);
    json_close(json, '}');
  } else {
    json_null(json);
  }
  stmt_done(row);
}

// Where the first error is, for lists.
static void put_place(struct json *json, struct stmt *row, int column) {
  size_t len;
  const char *bytes = stmt_bytes(row, column, &len);
  struct value problems = {0}, problem, file = {0}, line = {0};
  if (bytes) value_read(bytes, len, &problems);
  struct value_iter iter = value_iterate(&problems);
  while (file.kind == VALUE_NIL && value_next(&iter, NULL, &problem)) {
    struct value warning = value_field(&problem, "warning");
    if (value_true(&warning)) continue;
    file = value_field(&problem, "file");
    line = value_field(&problem, "line");
  }
  json_key(json, "file");
  json_value(json, &file);
  json_key(json, "line");
  json_value(json, &line);
}

static void put_candidate_row(struct call *call, struct json *json, struct stmt *row,
                              bool whole) {
  json_open(json, '{');
  json_key(json, "status");
  json_text(json, stmt_text(row, 0));
  put_hash(json, stmt_text(row, 1));
  json_key(json, "at");
  json_time(json, stmt_int(row, 2), care_site_zone(call->care));
  json_key(json, "by");
  json_text(json, stmt_text(row, 3));
  json_key(json, "git");
  json_text(json, stmt_text(row, 4));
  json_key(json, "reason");
  json_text(json, stmt_text(row, 5));
  put_place(json, row, 6);
  put_encoded(json, "problems", row, 6);
  if (whole) {
    put_report(call, json, row, 7);
    json_key(json, "output");
    json_text(json, stmt_text(row, 8));
  }
  json_close(json, '}');
}

static void put_candidate(struct call *call, struct json *json, const char *department,
                          bool whole) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT status, digest, at, by_who, git, reason, problems, report, output FROM "
      "candidate LEFT JOIN bundle ON bundle.id=candidate.bundle WHERE "
      "candidate.department=?1",
      "t", department);
  json_key(json, "candidate");
  if (stmt_row(row))
    put_candidate_row(call, json, row, whole);
  else
    json_null(json);
  stmt_done(row);
}

static void put_doing(struct call *call, struct json *json, const char *department) {
  const struct api_engine *engine = &call->api->engine;
  json_key(json, "doing");
  json_text(json, engine->doing ? engine->doing(engine->self, department) : NULL);
}

static void put_department(struct call *call, struct json *json, const char *department,
                           bool whole) {
  json_key(json, "department");
  json_text(json, department);
  put_active(call, json, department, whole);
  put_candidate(call, json, department, whole);
  put_doing(call, json, department);
  json_key(json, "replanning");
  json_bool(json, store_int(call->care->store, 0,
                            "SELECT 1 FROM replan WHERE department=?1 AND done=0", "t",
                            department) != 0);
}

void bundles_list(struct call *call) {
  struct buf out = {0};
  struct json json = {.out = &out};
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT department FROM (" KNOWN_DEPARTMENTS
                  ") WHERE " ACCESS_DEPARTMENT("department", "1") " ORDER BY department",
                  "t", access_departments(call));
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  while (stmt_row(row)) {
    json_open(&json, '{');
    put_department(call, &json, stmt_text(row, 0), false);
    json_close(&json, '}');
  }
  stmt_done(row);
  json_close(&json, ']');
  put_doing(call, &json, NULL);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

static void put_versions(struct call *call, struct json *json, const char *department) {
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT digest, at, by_who, way, git FROM activation JOIN bundle ON "
                  "bundle.id=activation.bundle WHERE activation.department=?1 ORDER BY "
                  "activation.id DESC LIMIT ?2",
                  "ti", department, (int64_t)VERSIONS);
  json_key(json, "versions");
  json_open(json, '[');
  while (stmt_row(row)) {
    json_open(json, '{');
    put_version(call, json, row);
    json_close(json, '}');
  }
  stmt_done(row);
  json_close(json, ']');
}

void bundles_show(struct call *call) {
  const char *department = call->segments[1];
  struct buf out = {0};
  struct json json = {.out = &out};
  if (!known_department(call, department)) return;
  json_open(&json, '{');
  put_department(call, &json, department, true);
  put_versions(call, &json, department);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

static bool may(struct call *call, const char *department) {
  if (call->caller->departments ? department && access_department(call, department)
                                : true)
    return true;
  call_problem(call, 403, "this token is for other departments");
  return false;
}

static bool has_engine(struct call *call) {
  if (call->api->engine.reload && call->api->engine.activate) return true;
  call_problem(call, 503, "nothing can be reloaded here");
  return false;
}

// Taken up at once, and done beside the loop: GET bundles says how far it is.
void bundles_reload(struct call *call) {
  bool one = call->segment_count == 3;
  const char *department = one ? call->segments[1] : NULL;
  struct buf out = {0};
  struct json json = {.out = &out};
  if (!has_engine(call) || !may(call, department)) return;
  call->api->engine.reload(call->api->engine.self, department, call->caller->staff);
  json_open(&json, '{');
  put_doing(call, &json, department);
  json_close(&json, '}');
  call_send(call, 202, &out, NULL);
  buf_deinit(&out);
}

static int http_status(int code) {
  switch (code) {
    case ERR_NOT_FOUND: return 404;
    case ERR_INVALID: return 422;
    case ERR_CONFLICT: return 409;
    case ERR_FULL: return 507;
    default: return 500;
  }
}

void bundles_activate(struct call *call) {
  struct value field = value_field(&call->body, "hash");
  char *hash = value_copy_text(&field);
  struct status status = {0};
  int64_t version = 0;
  const char *department = call->segments[1];
  struct api_activation asked = {.department = department,
                                 .hash = hash,
                                 .back = !strcmp(call->segments[2], "rollback"),
                                 .canary = !strcmp(call->segments[2], "promote") ||
                                           !strcmp(call->segments[2], "withdraw"),
                                 .withdraw = !strcmp(call->segments[2], "withdraw"),
                                 .who = call->caller->staff};
  if (!has_engine(call) || !may(call, department) || !known_department(call, department))
    ;
  else if (field.kind != VALUE_NIL && !hash)
    call_problem(call, 422, "hash: must be text");
  else if (call->api->engine.activate(call->api->engine.self, &asked, &version, &status))
    call_problem(call, http_status(status.code), "%s", status.text);
  else
    bundles_show(call);
  mem_free(hash);
}
