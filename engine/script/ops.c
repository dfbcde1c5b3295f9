#include "script/ops.h"

#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "script/check.h"
#include "script/reads.h"
#include "script/rungs.h"

static bool is_time(const struct value *value) {
  return value->kind == VALUE_INT || value->kind == VALUE_REAL;
}

int64_t ops_moment(lua_State *L, struct context *context, const struct value *when,
                   int64_t base, const char *what) {
  const struct facts *facts = context->facts;
  int64_t at = 0;
  if (is_time(when)) return value_int_or(when, 0);
  char *text = value_copy_text(when);
  int code = facts->time(facts->self, text, base, &at, &context->status);
  mem_free(text);
  if (code != 0) context_misuse(L, context, "%s: %s", what, context->status.text);
  return at;
}

// Keeps the table that is parameter `at` as the command's arguments.
static void keep(struct context *context, int at) {
  if (value_count(&context->given[at]) > 0)
    value_put(&context->made, &context->given[at]);
}

static void make_ask(lua_State *L, struct context *context, const struct call *call) {
  rungs_name(L, 3);
  check_arguments(L, context, call);
  rungs_check(L, context, &context->given[1]);
  keep(context, 1);
}

static void make_plain(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
}

// A score's result, with what it counted.
static void make_keep(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  keep(context, 0);
}

static void need_fields(lua_State *L, struct context *context, const char *what,
                        const char *template_name, const struct value *fields);

// What a draft says is known when the task is opened.
static void need_draft(lua_State *L, struct context *context) {
  struct value draft = value_field(&context->given[0], "draft"),
               fields = value_field(&context->given[0], "fields");
  char name[128] = "";
  if (draft.kind != VALUE_TEXT || draft.text.len >= sizeof name) return;
  memcpy(name, draft.text.data, draft.text.len);
  need_fields(L, context, "argument 1, fields", name, &fields);
}

static void make_task(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  need_draft(L, context);
  struct value due = value_field(&context->given[0], "due");
  int64_t now = context->facts->now(context->facts->self);
  if (due.kind != VALUE_NIL && ops_moment(L, context, &due, 0, "argument 1, due") < now)
    context_misuse(L, context, "argument 1, due: is already past");
  keep(context, 0);
}

static struct value department_alerts(const struct context *context) {
  struct value all = bundle_definitions(context->bundle);
  struct value departments = value_field(&all, "department"), id, department = {0};
  struct value_iter iter = value_iterate(&departments);
  value_next(&iter, &id, &department);
  return value_field(&department, "alerts");
}

static void make_alert(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  struct value alerts = department_alerts(context), key, item;
  struct value level = value_field(&context->given[0], "level");
  struct value_iter iter = value_iterate(&alerts);
  struct nearest nearest;
  bool known = value_count(&alerts) == 0;
  while (!known && value_next(&iter, &key, &item))
    known = key.text.len == level.text.len &&
            memcmp(key.text.data, level.text.data, key.text.len) == 0;
  if (!known) {
    nearest_start(&nearest, level.text.data, level.text.len);
    nearest_offer_all(&nearest, &alerts);
    nearest_put(&nearest, &context->made);
    context_misuse(L, context,
                   "argument 1, level: the department's alerts have no %.*s%s",
                   (int)level.text.len, level.text.data, buf_text(&context->made));
  }
  keep(context, 0);
}

static bool has_text(const struct value *list, const struct value *text) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  while (value_next(&iter, NULL, &item))
    if (item.kind == VALUE_TEXT && item.text.len == text->text.len &&
        memcmp(item.text.data, text->text.data, item.text.len) == 0)
      return true;
  return false;
}

static void need_fields(lua_State *L, struct context *context, const char *what,
                        const char *template_name, const struct value *fields) {
  struct value definition = bundle_definition(context->bundle, "template", template_name);
  struct value needed = value_field(&definition, "fields");
  struct value_iter iter = value_iterate(&needed);
  struct value name, given, item;
  while (value_next(&iter, NULL, &name)) {
    bool found = false;
    struct value_iter each = value_iterate(fields);
    while (!found && name.kind == VALUE_TEXT && value_next(&each, &given, &item))
      found = given.text.len == name.text.len &&
              memcmp(given.text.data, name.text.data, name.text.len) == 0;
    if (!found && name.kind == VALUE_TEXT)
      context_misuse(L, context, "%s: template \"%s\" needs %.*s", what, template_name,
                     (int)name.text.len, name.text.data);
  }
}

static void make_send(lua_State *L, struct context *context, const struct call *call) {
  rungs_name(L, 3);
  check_arguments(L, context, call);
  rungs_check(L, context, &context->given[1]);
  struct value template = bundle_definition(context->bundle, "template", context->label);
  struct value needed = value_field(&template, "fields"), name, item;
  struct value fields = value_field(&context->given[1], "fields");
  struct value_iter iter = value_iterate(&fields);
  need_fields(L, context, "argument 2, fields", context->label, &fields);
  while (value_next(&iter, &name, &item)) {
    struct nearest nearest;
    if (has_text(&needed, &name)) continue;
    nearest_start(&nearest, name.text.data, name.text.len);
    nearest_offer_all(&nearest, &needed);
    nearest_put(&nearest, &context->made);
    context_misuse(L, context, "argument 2, fields: template \"%s\" has no %.*s%s",
                   context->label, (int)name.text.len, name.text.data,
                   buf_text(&context->made));
  }
  keep(context, 1);
}

// nil forgets.
static void make_set(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  size_t begun = value_begin_map(&context->made);
  bool forgets = context->given[1].kind == VALUE_NIL;
  if (!forgets) {
    value_put_key(&context->made, "value");
    value_put(&context->made, &context->given[1]);
  }
  value_end(&context->made, begun, forgets ? 0 : 1);
}

// Of a job alone.
static void make_sample(lua_State *L, struct context *context, const struct call *call) {
  if (!context->input || strcmp(context->input->kind, "job") != 0)
    context_misuse(L, context,
                   "only a job can do this: samples are of the department's"
                   " month, and of no patient");
  check_arguments(L, context, call);
  keep(context, 0);
}

// Of a case alone; replayed records say it was one.
static void need_case(lua_State *L, struct context *context) {
  if (!context->facts->in_case(context->facts->self))
    context_misuse(L, context, "only a triage's run can do this: here is no case");
}

static void make_of_case(lua_State *L, struct context *context, const struct call *call) {
  need_case(L, context);
  check_arguments(L, context, call);
}

// c:link(answer): the answer is what is kept.
static void make_link(lua_State *L, struct context *context, const struct call *call) {
  need_case(L, context);
  check_arguments(L, context, call);
  keep(context, 0);
}

static int64_t case_number(struct context *context, const char *name) {
  struct buf field = {0};
  struct value value;
  context->facts->field(context->facts->self, name, &field);
  value_read_front(field.data, field.len, &value);
  int64_t number = value_int_or(&value, 1);
  buf_deinit(&field);
  return number;
}

// {level = the new one}, or empty when no level is left.
static void make_reopen(lua_State *L, struct context *context, const struct call *call) {
  need_case(L, context);
  check_arguments(L, context, call);
  int64_t level = case_number(context, "level"), levels = case_number(context, "levels");
  size_t begun = value_begin_map(&context->made);
  if (level < levels) {
    value_put_key(&context->made, "level");
    value_put_int(&context->made, level + 1);
  }
  value_end(&context->made, begun, level < levels);
}

static bool is_own_task(lua_State *L, const char *name) {
  bool own = lua_getiuservalue(L, 1, OWN_TASKS) == LUA_TTABLE &&
             lua_getfield(L, -1, name) != LUA_TNIL;
  lua_settop(L, 3);
  return own;
}

static void refuse_wait(lua_State *L, struct context *context) {
  struct nearest nearest;
  nearest_start(&nearest, context->label, context->label_len);
  for (int i = context->calls->facts_end; i < context->calls->word_count; i++)
    nearest_offer(&nearest, context->calls->words[i], strlen(context->calls->words[i]));
  if (lua_getiuservalue(L, 1, OWN_TASKS) == LUA_TTABLE) {
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
      size_t len;
      const char *id = lua_tolstring(L, -2, &len);
      nearest_offer(&nearest, id, len);
    }
  }
  nearest_put(&nearest, &context->made);
  context_misuse(L, context,
                 "argument 1: \"%s\" is no time, no event and no task of this run%s",
                 context->label, buf_text(&context->made));
}

// "task", "event" or "time", and then the moment; anything else is misuse.
static const char *kind_of_wait(lua_State *L, struct context *context, int64_t *at) {
  const struct value *what = &context->given[0];
  const struct facts *facts = context->facts;
  *at = 0;
  if (is_time(what)) {
    *at = ops_moment(L, context, what, 0, "argument 1");
    return "time";
  }
  if (what->kind != VALUE_TEXT)
    context_misuse(L, context, "argument 1: must be a time, an event or a task's id");
  if (is_own_task(L, context->label)) return "task";
  if (calls_has_event(context->calls, context->label, context->label_len)) return "event";
  if (context->label_len > 0 && context->label[0] >= '0' && context->label[0] <= '9') {
    *at = ops_moment(L, context, what, 0, "argument 1");
  } else if (facts->time(facts->self, context->label, 0, at, &context->status) != 0) {
    refuse_wait(L, context);
  }
  return "time";
}

static void make_wait(lua_State *L, struct context *context, const struct call *call) {
  int64_t at;
  check_arguments(L, context, call);
  const char *kind = kind_of_wait(L, context, &at);
  struct value within = value_field(&context->given[1], "within");
  bool time = strcmp(kind, "time") == 0, limited = within.kind != VALUE_NIL;
  if (time && limited)
    context_misuse(L, context, "argument 2, within: a time needs none");
  size_t begun = value_begin_map(&context->made);
  if (time) {
    value_put_key(&context->made, "at");
    value_put_int(&context->made, at);
  }
  value_put_key(&context->made, "kind");
  value_put_text(&context->made, kind);
  if (limited) {
    value_put_key(&context->made, "within");
    value_put(&context->made, &within);
  }
  value_end(&context->made, begun, time || limited ? 2 : 1);
}

static const struct op ops[] = {
    {"ask", RECORD_COMMAND, make_ask},         {"task", RECORD_COMMAND, make_task},
    {"wait", RECORD_COMMAND, make_wait},       {"send", RECORD_COMMAND, make_send},
    {"alert", RECORD_COMMAND, make_alert},     {"set", RECORD_COMMAND, make_set},
    {"note", RECORD_COMMAND, make_plain},      {"stop", RECORD_COMMAND, make_plain},
    {"keep", RECORD_COMMAND, make_keep},       {"read", RECORD_READ, reads_read},
    {"rule", RECORD_READ, reads_rule},         {"get", RECORD_READ, reads_get},
    {"silences", RECORD_READ, reads_silences}, {"time", RECORD_READ, reads_time},
    {"now", RECORD_READ, reads_now},           {"estimate", RECORD_READ, reads_estimate},
    {"changed", RECORD_READ, reads_changed},   {"met", RECORD_COMMAND, make_of_case},
    {"link", RECORD_COMMAND, make_link},       {"reopen", RECORD_COMMAND, make_reopen},
    {"close", RECORD_COMMAND, make_of_case},   {"due", RECORD_READ, reads_due},
    {"sample", RECORD_COMMAND, make_sample},
};

const struct op *op_find(const char *name) {
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
    if (strcmp(ops[i].name, name) == 0) return &ops[i];
  return NULL;
}
