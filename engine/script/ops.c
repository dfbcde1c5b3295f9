#include "script/ops.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "script/check.h"
#include "script/nearest.h"
#include "script/sandbox.h"
#include "script/values.h"

enum { READ_MOST = 32 };  // values that a script may read at once

static bool is_time(const struct value *value) {
  return value->kind == VALUE_INT || value->kind == VALUE_REAL;
}

// ms of a moment or of a time expression counted from base; misuse raises.
static int64_t moment(lua_State *L, struct context *context, const struct value *when,
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

static void make_options(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  keep(context, 1);
}

static void make_plain(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
}

static void make_task(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  struct value due = value_field(&context->given[0], "due");
  int64_t now = context->facts->now(context->facts->self);
  if (due.kind != VALUE_NIL && moment(L, context, &due, 0, "argument 1, due") < now)
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

static void need_fields(lua_State *L, struct context *context, const struct value *needed,
                        const struct value *fields) {
  struct value_iter iter = value_iterate(needed);
  struct value name, given, item;
  while (value_next(&iter, NULL, &name)) {
    bool found = false;
    struct value_iter each = value_iterate(fields);
    while (!found && name.kind == VALUE_TEXT && value_next(&each, &given, &item))
      found = given.text.len == name.text.len &&
              memcmp(given.text.data, name.text.data, name.text.len) == 0;
    if (!found && name.kind == VALUE_TEXT)
      context_misuse(L, context, "argument 2, fields: template \"%s\" needs %.*s",
                     context->label, (int)name.text.len, name.text.data);
  }
}

static void make_send(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  struct value template = bundle_definition(context->bundle, "template", context->label);
  struct value needed = value_field(&template, "fields"), name, item;
  struct value fields = value_field(&context->given[1], "fields");
  struct value_iter iter = value_iterate(&fields);
  need_fields(L, context, &needed, &fields);
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

static bool is_own_task(lua_State *L, const char *name) {
  bool own =
      lua_getiuservalue(L, 1, 2) == LUA_TTABLE && lua_getfield(L, -1, name) != LUA_TNIL;
  lua_settop(L, 3);
  return own;
}

static void refuse_wait(lua_State *L, struct context *context) {
  struct nearest nearest;
  nearest_start(&nearest, context->label, context->label_len);
  for (int i = context->calls->facts_end; i < context->calls->word_count; i++)
    nearest_offer(&nearest, context->calls->words[i], strlen(context->calls->words[i]));
  if (lua_getiuservalue(L, 1, 2) == LUA_TTABLE) {
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
    *at = moment(L, context, what, 0, "argument 1");
    return "time";
  }
  if (what->kind != VALUE_TEXT)
    context_misuse(L, context, "argument 1: must be a time, an event or a task's id");
  if (is_own_task(L, context->label)) return "task";
  if (calls_has_event(context->calls, context->label, context->label_len)) return "event";
  if (context->label_len > 0 && context->label[0] >= '0' && context->label[0] <= '9') {
    *at = moment(L, context, what, 0, "argument 1");
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

static void make_read(lua_State *L, struct context *context, const struct call *call) {
  const struct facts *facts = context->facts;
  struct value list;
  check_arguments(L, context, call);
  if (facts->read(facts->self, context->label, &context->given[1], &context->made,
                  &context->status) != 0)
    context_misuse(L, context, "%s", context->status.text);
  value_read_front(context->made.data, context->made.len, &list);
  if (value_count(&list) > READ_MOST)
    context_misuse(L, context,
                   "%s has %u values and a script may read %d: use a rule, or last",
                   context->label, value_count(&list), READ_MOST);
}

// Everything after the id is handed on.
static void make_rule(lua_State *L, struct context *context, const struct call *call) {
  const struct facts *facts = context->facts;
  struct value arguments;
  struct buf *given = &context->arguments;
  check_arguments(L, context, call);
  buf_clear(given);
  size_t begun = value_begin_list(given);
  for (int i = 3; i <= context->count; i++)
    if (values_encode(L, i, NULL, given, &context->status) != 0)
      context_misuse(L, context, "argument %d: %s", i - 1, context->status.text);
  value_end(given, begun, context->count > 2 ? (uint32_t)context->count - 2 : 0);
  value_read_front(given->data, given->len, &arguments);
  int code = facts->rule(facts->self, context->label, &arguments, &context->made,
                         &context->status);
  sandbox_rethrow(L);
  if (code != 0) context_misuse(L, context, "%s", context->status.text);
}

// What this turn has set is not in the store yet.
static bool find_set(const struct context *context, struct value *out) {
  struct journal journal;
  bool found = false;
  if (!context->out) return false;
  for (journal_start(&journal, context->out->records.data, context->out->records.len);
       journal.more; journal_step(&journal)) {
    const struct value *label = &journal.next.label;
    if (journal.next.kind != RECORD_COMMAND || !value_is(&journal.next.op, "set"))
      continue;
    if (label->kind != VALUE_TEXT || label->text.len != context->label_len ||
        memcmp(label->text.data, context->label, context->label_len) != 0)
      continue;
    found = true;
    *out = value_field(&journal.next.value, "value");
  }
  return found;
}

static void make_get(lua_State *L, struct context *context, const struct call *call) {
  struct value value;
  check_arguments(L, context, call);
  if (context->out) sandbox_charge(L, context->out->count * 16);
  if (find_set(context, &value))
    value_put(&context->made, &value);
  else
    context->facts->get(context->facts->self, context->label, &context->made);
}

static void make_silences(lua_State *L, struct context *context,
                          const struct call *call) {
  check_arguments(L, context, call);
  context->facts->silences(context->facts->self, context->label, &context->made);
}

static void make_time(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  int64_t base = value_int_or(&context->given[1], 0);
  value_put_int(&context->made,
                moment(L, context, &context->given[0], base, "argument 1"));
}

static void make_now(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  value_put_int(&context->made, context->facts->now(context->facts->self));
}

// A span in the time grammar, so that it can be given wherever a span is wanted.
static void put_span(struct buf *out, int64_t ms) {
  char text[40];
  int64_t seconds = ms <= 0 ? 0 : (ms - 1) / 1000 + 1;
  if (seconds % 60 != 0)
    snprintf(text, sizeof text, "%llds", (long long)seconds);
  else if (seconds % 3600 != 0 || seconds == 0)
    snprintf(text, sizeof text, "%lldm", (long long)(seconds / 60));
  else
    snprintf(text, sizeof text, "%lldh", (long long)(seconds / 3600));
  value_put_text(out, text);
}

static void make_estimate(lua_State *L, struct context *context,
                          const struct call *call) {
  struct buf *raw = &context->shown;
  struct value value;
  check_arguments(L, context, call);
  buf_clear(raw);
  context->facts->estimate(context->facts->self, context->label, raw);
  value_read_front(raw->data, raw->len, &value);
  if (is_time(&value))
    put_span(&context->made, value_int_or(&value, 0));
  else
    value_put_text(&context->made, value_is(&value, "closed") ? "closed" : "unknown");
}

static void make_changed(lua_State *L, struct context *context, const struct call *call) {
  check_arguments(L, context, call);
  value_put_bool(&context->made, true);
}

static const struct op ops[] = {
    {"ask", RECORD_COMMAND, make_options},    {"task", RECORD_COMMAND, make_task},
    {"wait", RECORD_COMMAND, make_wait},      {"send", RECORD_COMMAND, make_send},
    {"alert", RECORD_COMMAND, make_alert},    {"set", RECORD_COMMAND, make_set},
    {"note", RECORD_COMMAND, make_plain},     {"stop", RECORD_COMMAND, make_plain},
    {"read", RECORD_READ, make_read},         {"rule", RECORD_READ, make_rule},
    {"get", RECORD_READ, make_get},           {"silences", RECORD_READ, make_silences},
    {"time", RECORD_READ, make_time},         {"now", RECORD_READ, make_now},
    {"estimate", RECORD_READ, make_estimate}, {"changed", RECORD_READ, make_changed},
};

const struct op *op_find(const char *name) {
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
    if (strcmp(ops[i].name, name) == 0) return &ops[i];
  return NULL;
}
