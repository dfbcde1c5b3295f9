#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/nearest.h"
#include "script/context.h"
#include "script/sandbox.h"
#include "script/turn.h"
#include "script/values.h"

// Calls the function below nargs arguments and encodes what it gives. Within a turn of
// the same state the turn's budget goes on, and its random numbers: at the replay the
// call's value is recorded and the function doesn't run.
static int call_function(struct bundle *bundle, int nargs, struct buf *out,
                         struct status *status) {
  lua_State *L = bundle_lua(bundle);
  struct calls *calls = calls_of(bundle);
  struct sandbox *sandbox = bundle_sandbox(bundle);
  if (calls->running++ == 0) sandbox_turn(sandbox, 0, 0);
  struct sandbox_random kept = sandbox_random_lend(sandbox, 0);
  enum sandbox_result result = sandbox_call(L, nargs, 1, status);
  sandbox_random_return(sandbox, &kept);
  calls->running--;
  if (result != SANDBOX_DONE) return status->code;
  int code = values_encode(L, -1, "the result", out, status);
  lua_pop(L, 1);
  if (code == 0 && calls->running == 0)
    code = sandbox_seal_check(L, bundle_seal(bundle), status);
  return code;
}

static bool push_callback(struct bundle *bundle, const char *pathway, const char *watch,
                          const char *which) {
  if (watch) return bundle_push_watch(bundle, pathway, watch, which);
  return bundle_push(bundle, "pathway", pathway, which);
}

// A condition that nobody wrote holds; a tier that nobody wrote is nil.
static int without_callback(struct bundle *bundle, const char *pathway, const char *watch,
                            const char *which, struct buf *out, struct status *status) {
  bool known;
  if (watch) {
    known = bundle_push_watch(bundle, pathway, watch, "run");
    if (known) lua_pop(bundle_lua(bundle), 1);
  } else {
    known = bundle_definition(bundle, "pathway", pathway).kind != VALUE_NIL;
  }
  if (!known)
    return status_fail(status, ERR_NOT_FOUND, "the bundle has no %s %s",
                       watch ? "watch" : "pathway", watch ? watch : pathway);
  if (strcmp(which, "tier") == 0)
    value_put_nil(out);
  else
    value_put_bool(out, true);
  return OK;
}

int callback_run(struct bundle *bundle, const char *pathway, const char *watch,
                 const char *which, const struct facts *facts, struct buf *out,
                 struct status *status) {
  lua_State *L = bundle_lua(bundle);
  struct context context = {.bundle = bundle, .calls = calls_of(bundle), .facts = facts};
  struct context **handle;
  context_push(L, &context, &handle);
  int code;
  if (push_callback(bundle, pathway, watch, which)) {
    lua_pushvalue(L, -2);
    code = call_function(bundle, 1, out, status);
  } else {
    code = without_callback(bundle, pathway, watch, which, out, status);
  }
  context_deinit(&context, handle);
  lua_pop(L, 1);
  return code;
}

static bool is_answer_word(const char *name) {
  static const char *const words[] = {"flag", "score", "by", "at"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i], name) == 0) return true;
  return false;
}

// The words that an answer may have: the fields of a rule, or the items of a form.
static struct value known_fields(struct bundle *bundle, const char *kind,
                                 const char *id) {
  struct value definition = bundle_definition(bundle, kind, id);
  return value_field(&definition, strcmp(kind, "rule") == 0 ? "fields" : "items");
}

static void offer_field(struct nearest *nearest, const struct value *field, bool *found) {
  struct value id = field->kind == VALUE_MAP ? value_field(field, "id") : *field;
  if (id.kind != VALUE_TEXT) return;
  nearest_offer(nearest, id.text.data, id.text.len);
  *found = *found || (id.text.len == nearest->len &&
                      memcmp(id.text.data, nearest->word, id.text.len) == 0);
}

// Upvalues: bundle, kind, id. Only what the answer doesn't have comes here.
static int get_absent(lua_State *L) {
  struct bundle *bundle = lua_touserdata(L, lua_upvalueindex(1));
  const char *kind = lua_tostring(L, lua_upvalueindex(2));
  const char *id = lua_tostring(L, lua_upvalueindex(3));
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  const char *name = lua_tostring(L, 2);
  struct value fields = known_fields(bundle, kind, id), item;
  if (value_count(&fields) == 0 || is_answer_word(name)) return 0;
  struct value_iter iter = value_iterate(&fields);
  struct nearest nearest;
  bool found = false;
  nearest_start(&nearest, name, strlen(name));
  while (value_next(&iter, NULL, &item)) offer_field(&nearest, &item, &found);
  if (found) return 0;
  lua_pushlstring(L, nearest.best ? nearest.best : "", nearest.best_len);
  return sandbox_error(L, "a.%s: no form of %s %s has it%s%s%s", name, kind, id,
                       nearest.best ? "; did you mean \"" : "", lua_tostring(L, -1),
                       nearest.best ? "\"?" : "");
}

// Makes reading a word that no form has an error, for the answer on top.
static void guard_answer(lua_State *L, struct bundle *bundle, const char *kind,
                         const char *id) {
  lua_createtable(L, 0, 2);
  lua_pushlightuserdata(L, bundle);
  lua_pushstring(L, kind);
  lua_pushstring(L, id);
  lua_pushcclosure(L, get_absent, 3);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
}

static int push_arguments(struct bundle *bundle, const char *rule,
                          const struct value *arguments, struct status *status) {
  lua_State *L = bundle_lua(bundle);
  struct value_iter iter = value_iterate(arguments);
  struct value item;
  if (!lua_checkstack(L, (int)value_count(arguments) + 20))
    return status_fail(status, ERR_LIMIT, "rule %s: too many arguments", rule);
  for (int i = 0; value_next(&iter, NULL, &item); i++) {
    if (values_push(L, &item, status) != 0) return status->code;
    if (i == 0 && lua_istable(L, -1)) guard_answer(L, bundle, "rule", rule);
  }
  return OK;
}

static int check_result(struct bundle *bundle, const char *rule, const struct buf *out,
                        size_t from, struct status *status) {
  static const struct {
    const char *name;
    int kinds;
  } results[] = {{"number", 1 << VALUE_INT | 1 << VALUE_REAL},
                 {"text", 1 << VALUE_TEXT},
                 {"boolean", 1 << VALUE_BOOL},
                 {"list", 1 << VALUE_LIST | 1 << VALUE_MAP}};
  struct value definition = bundle_definition(bundle, "rule", rule), value;
  struct value wanted = value_field(&definition, "result");
  value_read_front(out->data + from, out->len - from, &value);
  if (value.kind == VALUE_NIL) return OK;
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
    if (!value_is(&wanted, results[i].name)) continue;
    bool fits = results[i].kinds >> value.kind & 1;
    if (value.kind == VALUE_MAP && value_count(&value) > 0) fits = false;
    if (fits) return OK;
    return status_fail(status, ERR_INVALID, "rule %s: must give a %s, as its result says",
                       rule, results[i].name);
  }
  struct value level = value_field(&value, "level");
  if (level.kind == VALUE_TEXT && level.text.len > 0) return OK;
  return status_fail(status, ERR_INVALID,
                     "rule %s: must give nil or { level =, reason =, advice = }", rule);
}

int rule_run(struct bundle *bundle, const char *rule, const struct value *arguments,
             struct buf *out, struct status *status) {
  lua_State *L = bundle_lua(bundle);
  int base = lua_gettop(L);
  size_t from = out->len;
  if (!bundle_push(bundle, "rule", rule, "run"))
    return status_fail(status, ERR_NOT_FOUND, "the bundle has no rule %s", rule);
  int code = push_arguments(bundle, rule, arguments, status);
  if (code == 0) code = call_function(bundle, lua_gettop(L) - base - 1, out, status);
  if (code == 0) code = check_result(bundle, rule, out, from, status);
  if (code != 0) out->len = from;
  lua_settop(L, base);
  return code;
}

int item_shown(struct bundle *bundle, const char *form, const char *item,
               const struct value *answers, bool *shown, struct status *status) {
  lua_State *L = bundle_lua(bundle);
  int base = lua_gettop(L);
  struct buf result = {0};
  struct value value;
  *shown = true;
  if (!bundle_push_when(bundle, form, item)) return OK;
  int code = values_push(L, answers, status);
  if (code == 0) {
    if (lua_istable(L, -1)) guard_answer(L, bundle, "form", form);
    code = call_function(bundle, 1, &result, status);
  }
  if (code == 0) {
    value_read_front(result.data, result.len, &value);
    *shown = value_true(&value);
  }
  buf_deinit(&result);
  lua_settop(L, base);
  return code;
}
