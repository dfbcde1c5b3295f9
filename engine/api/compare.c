#include "api/compare.h"

#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "api/pending.h"
#include "base/mem.h"

static void copy(struct json *json, const struct value *from, const char *field) {
  struct value value = value_field(from, field);
  if (value.kind == VALUE_NIL) return;
  json_key(json, field);
  json_value(json, &value);
}

static void put_id(struct call *call, struct json *json, const struct value *from,
                   const char *field, char kind) {
  struct value row = value_field(from, field);
  call_put_id(call, json, field, kind, value_int_or(&row, 0));
}

// Whether somebody said that it may stay behind.
static void put_waiver(struct call *call, struct json *json, const struct value *item) {
  struct value run = value_field(item, "run");
  struct stmt *row = store_query(
      call->care->store,
      "SELECT waived_by, waived_reason FROM run_version WHERE run=?1 AND waived_at IS "
      "NOT NULL AND bundle=(SELECT bundle.id FROM bundle JOIN run ON "
      "run.department=bundle.department WHERE run.id=?1 AND active=1)",
      "i", value_int_or(&run, 0));
  if (stmt_row(row)) call_put_fields(call, json, row, "waived_by:s waived_reason:s");
  stmt_done(row);
}

static void put_run(struct call *call, struct json *json, const struct value *item) {
  json_open(json, '{');
  put_id(call, json, item, "run", 'r');
  put_id(call, json, item, "patient", 'p');
  copy(json, item, "pathway");
  copy(json, item, "kind");
  copy(json, item, "name");
  copy(json, item, "day");
  copy(json, item, "position");
  copy(json, item, "cause");
  put_waiver(call, json, item);
  json_close(json, '}');
}

static void put_runs(struct call *call, struct json *json, const struct value *runs) {
  struct value list = value_field(runs, "list"), item;
  struct value_iter iter = value_iterate(&list);
  json_key(json, "runs");
  json_open(json, '{');
  copy(json, runs, "runs");
  copy(json, runs, "agree");
  copy(json, runs, "diverge");
  copy(json, runs, "steps");
  json_key(json, "list");
  json_open(json, '[');
  while (list.kind == VALUE_LIST && value_next(&iter, NULL, &item))
    put_run(call, json, &item);
  json_close(json, ']');
  json_close(json, '}');
}

static void put_found(struct call *call, struct json *json, const struct value *found) {
  struct value runs = value_field(found, "runs");
  json_open(json, '{');
  copy(json, found, "department");
  copy(json, found, "pathway");
  copy(json, found, "dry");
  copy(json, found, "from");
  copy(json, found, "to");
  copy(json, found, "pathways");
  copy(json, found, "declared");
  put_runs(call, json, &runs);
  json_close(json, '}');
}

static void on_found(struct pending *pending, const struct value *found) {
  struct call call = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .caller = pending->caller};
  struct buf out = {0};
  struct json json = {.out = &out};
  struct value status = value_field(found, "status"),
               detail = value_field(found, "detail");
  int code = (int)value_int_or(&status, 500);
  char *text = value_copy_text(&detail);
  if (code >= 300) {
    call_problem(&call, code, "%s", text ? text : "it could not be compared");
  } else {
    put_found(&call, &json, found);
    call_send(&call, 200, &out, NULL);
  }
  mem_free(text);
  buf_deinit(&out);
}

// The pending may be gone when this comes back.
static void ask(struct call *call, const struct api_comparison *asked) {
  const struct api_engine *engine = &call->api->engine;
  if (!engine->compare) {
    call_problem(call, 503, "nothing can be compared here");
    return;
  }
  struct pending *pending = pending_new(call->api, call->request, on_found);
  call->request = NULL;
  pending->caller = call->caller;
  engine->compare(engine->self, asked, pending_told, pending);
}

void compare_bundle(struct call *call) {
  const char *department = call->segments[1];
  struct value files = value_field(&call->body, "files");
  bool given = files.kind == VALUE_MAP;  // a department may be new
  if (files.kind != VALUE_NIL && !given)
    call_problem(call, 422, "files: must be an object, path → text");
  else if (given && !access_department(call, department))
    call_problem(call, 403, "this token is for other departments");
  else if (given || known_department(call, department))
    ask(call, &(struct api_comparison){
                  .department = department, .files = &files, .who = call->caller->staff});
}

struct search {  // for the departments that have a pathway
  struct call *call;
  const char *pathway;
  char *department;
  int found;
};

static void look(void *self, const char *department) {
  struct search *search = self;
  struct value body =
      catalog_find(search->call->care->catalog, department, "pathway", search->pathway);
  if (body.kind == VALUE_NIL || !access_department(search->call, department)) return;
  if (!search->found++) search->department = mem_copy_text(department);
}

void compare_upgrade(struct call *call) {
  struct search search = {.call = call, .pathway = call->segments[1]};
  struct value department = value_field(&call->body, "department"),
               dry = value_field(&call->body, "dry_run");
  char *named = value_copy_text(&department);
  if (!known_pathway(call, named, search.pathway)) {
    mem_free(named);
    return;
  }
  if (named)
    look(&search, named);
  else
    catalog_each_department(call->care->catalog, look, &search);
  if (search.found == 1)
    ask(call, &(struct api_comparison){.department = search.department,
                                       .pathway = search.pathway,
                                       .dry = value_true(&dry),
                                       .who = call->caller->staff});
  else
    call_problem(call, 409, "%d departments have a pathway %.60s: say which",
                 search.found, search.pathway);
  mem_free(search.department);
  mem_free(named);
}
