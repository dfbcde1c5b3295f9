// Drives turns and callbacks from specs: values go in and out as JSON, a journal is a
// string of records, facts are a table of Lua functions.
#include "script/turn.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "script/sources.h"
#include "unit.h"

struct asker {  // behind struct facts
  lua_State *L;
  int table;
};

static const char *const bundle_type = "unit.bundle";

static struct bundle *check_bundle(lua_State *L) {
  return *(struct bundle **)luaL_checkudata(L, 1, bundle_type);
}

static int close_bundle(lua_State *L) {
  bundle_free(check_bundle(L));
  return 0;
}

static void push_buf(lua_State *L, struct buf *buf) {
  lua_pushlstring(L, buf_text(buf), buf->len);
  buf_deinit(buf);
}

static void put_json(struct buf *out, const char *json, size_t len) {
  struct status status = {0};
  if (value_from_json(out, json, len, &status) == 0) return;
  fprintf(stderr, "%s: %s\n", status.text, json);
  abort();
}

static void push_json(lua_State *L, const struct value *value) {
  struct buf json = {0};
  value_to_json(&json, value);
  push_buf(L, &json);
}

// A view of JSON at index, encoded into a buffer that Lua owns.
static struct value value_arg(lua_State *L, int index) {
  struct buf buf = {0};
  struct value value;
  size_t len;
  const char *json = luaL_optlstring(L, index, "null", &len);
  put_json(&buf, json, len);
  push_buf(L, &buf);  // stays on the stack for the whole call
  json = lua_tolstring(L, -1, &len);
  value_read_front(json, len, &value);
  return value;
}

// Calls the fact's function with the arguments on top; two results are left.
static void ask_facts(struct asker *asker, const char *name, int nargs) {
  lua_State *L = asker->L;
  lua_getfield(L, asker->table, name);
  lua_insert(L, -nargs - 1);
  if (lua_pcall(L, nargs, 2, 0) == LUA_OK) return;
  fprintf(stderr, "facts.%s: %s\n", name, lua_tostring(L, -1));
  abort();
}

static int take_json(struct asker *asker, struct buf *out, struct status *status) {
  lua_State *L = asker->L;
  size_t len;
  int code = 0;
  const char *json = lua_tolstring(L, -2, &len);
  if (json)
    put_json(out, json, len);
  else if (status && lua_isstring(L, -1))
    code = status_fail(status, ERR_INVALID, "%s", lua_tostring(L, -1));
  else
    value_put_nil(out);
  lua_pop(L, 2);
  return code;
}

static void fact_field(void *self, const char *name, struct buf *out) {
  lua_pushstring(((struct asker *)self)->L, name);
  ask_facts(self, "field", 1);
  take_json(self, out, NULL);
}

static int fact_read(void *self, const char *code, const struct value *options,
                     struct buf *out, struct status *status) {
  lua_pushstring(((struct asker *)self)->L, code);
  push_json(((struct asker *)self)->L, options);
  ask_facts(self, "read", 2);
  return take_json(self, out, status);
}

static void fact_get(void *self, const char *key, struct buf *out) {
  lua_pushstring(((struct asker *)self)->L, key);
  ask_facts(self, "get", 1);
  take_json(self, out, NULL);
}

static void fact_silences(void *self, const char *form, struct buf *out) {
  lua_pushstring(((struct asker *)self)->L, form);
  ask_facts(self, "silences", 1);
  take_json(self, out, NULL);
}

static int fact_rule(void *self, const char *id, const struct value *arguments,
                     struct buf *out, int64_t *version, struct status *status) {
  (void)version;
  lua_pushstring(((struct asker *)self)->L, id);
  push_json(((struct asker *)self)->L, arguments);
  ask_facts(self, "rule", 2);
  return take_json(self, out, status);
}

static int fact_time(void *self, const char *when, int64_t base, int64_t *out,
                     struct status *status) {
  lua_State *L = ((struct asker *)self)->L;
  lua_pushstring(L, when);
  lua_pushinteger(L, base);
  ask_facts(self, "time", 2);
  int code = 0;
  *out = lua_tointeger(L, -2);
  if (!lua_isinteger(L, -2))
    code = status_fail(status, ERR_INVALID, "%s", lua_tostring(L, -1));
  lua_pop(L, 2);
  return code;
}

static void fact_estimate(void *self, const char *role, struct buf *out) {
  lua_pushstring(((struct asker *)self)->L, role);
  ask_facts(self, "estimate", 1);
  take_json(self, out, NULL);
}

static bool fact_changed(void *self, const char *edit) {
  lua_State *L = ((struct asker *)self)->L;
  lua_pushstring(L, edit);
  ask_facts(self, "changed", 1);
  bool changed = lua_toboolean(L, -2);
  lua_pop(L, 2);
  return changed;
}

static int64_t fact_now(void *self) {
  lua_State *L = ((struct asker *)self)->L;
  ask_facts(self, "now", 0);
  int64_t now = lua_tointeger(L, -2);
  lua_pop(L, 2);
  return now;
}

static struct facts facts_of(struct asker *asker) {
  return (struct facts){.self = asker,
                        .field = fact_field,
                        .read = fact_read,
                        .get = fact_get,
                        .silences = fact_silences,
                        .rule = fact_rule,
                        .changed = fact_changed,
                        .time = fact_time,
                        .estimate = fact_estimate,
                        .now = fact_now};
}

// load{ ["ortho/hip.lua"] = text, … } → bundle | nil, report
static int load(lua_State *L) {
  struct sources sources = {0};
  struct bundle_report report = {0};
  struct bundle_config config = {.department = "ortho"};
  struct bundle **bundle = lua_newuserdatauv(L, sizeof *bundle, 0);
  *bundle = NULL;
  for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    sources_add(&sources, lua_tostring(L, -2), text, len);
  }
  int code = bundle_load(bundle, &config, sources.items, sources.count, &report);
  sources_deinit(&sources);
  struct buf text = {0};
  bundle_report_text(&report, &text);
  bundle_report_deinit(&report);
  if (code != 0) lua_pushnil(L);
  if (code == 0) {
    if (luaL_newmetatable(L, bundle_type)) {
      lua_pushcfunction(L, close_bundle);
      lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
  }
  push_buf(L, &text);
  return 2;
}

static const char *text_field(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  return lua_tostring(L, -1);
}

// The strings stay on the stack.
static struct turn_input input_at(lua_State *L, int table, const struct facts *facts) {
  struct turn_input input = {.facts = facts};
  luaL_checkstack(L, 20, NULL);
  input.pathway = text_field(L, table, "pathway");
  input.kind = text_field(L, table, "kind");
  input.name = text_field(L, table, "name");
  lua_getfield(L, table, "seed");
  input.seed = (uint64_t)lua_tointeger(L, -1);
  lua_getfield(L, table, "journal");
  input.journal = lua_tolstring(L, -1, &input.journal_len);
  lua_getfield(L, table, "flag");
  input.flag = value_arg(L, lua_gettop(L));
  return input;
}

static void push_output(lua_State *L, struct turn_output *out) {
  static const char *const ends[] = {"finished", "waiting", "stuck", "breach"};
  lua_createtable(L, 0, 6);
  lua_pushstring(L, ends[out->end]);
  lua_setfield(L, -2, "finish");
  lua_pushlstring(L, buf_text(&out->records), out->records.len);
  lua_setfield(L, -2, "records");
  lua_pushinteger(L, out->count);
  lua_setfield(L, -2, "count");
  lua_pushinteger(L, out->replayed);
  lua_setfield(L, -2, "replayed");
  lua_pushboolean(L, out->crowded);
  lua_setfield(L, -2, "crowded");
  if (out->cause.len > 0) lua_pushstring(L, buf_text(&out->cause));
  if (out->cause.len > 0) lua_setfield(L, -2, "cause");
  turn_output_deinit(out);
}

// run(bundle, { pathway, kind, name, seed, journal, flag }, facts)
static int run(lua_State *L) {
  struct bundle *bundle = check_bundle(L);
  struct asker asker = {L, 3};
  struct facts facts = facts_of(&asker);
  struct turn_input input = input_at(L, 2, &facts);
  struct turn_output out = {0};
  turn_run(bundle, &input, &out);
  push_output(L, &out);
  return 1;
}

// bench(bundle, input, facts, turns) → µs a turn
static int bench(lua_State *L) {
  struct bundle *bundle = check_bundle(L);
  struct asker asker = {L, 3};
  struct facts facts = facts_of(&asker);
  lua_Integer turns = luaL_checkinteger(L, 4);
  struct turn_input input = input_at(L, 2, &facts);
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (lua_Integer i = 0; i < turns; i++) {
    struct turn_output out = {0};
    turn_run(bundle, &input, &out);
    turn_output_deinit(&out);
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  lua_pushnumber(L, ((double)(to.tv_sec - from.tv_sec) * 1e6 +
                     (double)(to.tv_nsec - from.tv_nsec) / 1e3) /
                        (double)turns);
  return 1;
}

static int push_result(lua_State *L, int code, struct buf *out, struct status *status) {
  struct value value;
  if (code != 0) {
    buf_deinit(out);
    lua_pushnil(L);
    lua_pushstring(L, status->text);
    lua_pushinteger(L, code);
    return 3;
  }
  value_read_front(out->data, out->len, &value);
  push_json(L, &value);
  buf_deinit(out);
  return 1;
}

// callback(bundle, pathway, watch, which, facts) → JSON | nil, message, code
static int callback(lua_State *L) {
  struct bundle *bundle = check_bundle(L);
  struct asker asker = {L, 5};
  struct facts facts = facts_of(&asker);
  struct buf out = {0};
  struct status status = {0};
  int code = callback_run(bundle, lua_tostring(L, 2), lua_tostring(L, 3),
                          lua_tostring(L, 4), &facts, &out, &status);
  return push_result(L, code, &out, &status);
}

// rule(bundle, id, arguments) → JSON | nil, message, code
static int rule(lua_State *L) {
  struct bundle *bundle = check_bundle(L);
  struct value arguments = value_arg(L, 3);
  struct buf out = {0};
  struct status status = {0};
  int code = rule_run(bundle, luaL_checkstring(L, 2), &arguments, &out, &status);
  return push_result(L, code, &out, &status);
}

static int shown(lua_State *L) {
  struct bundle *bundle = check_bundle(L);
  struct value answers = value_arg(L, 4);
  struct status status = {0};
  bool is_shown;
  int code = item_shown(bundle, luaL_checkstring(L, 2), luaL_checkstring(L, 3), &answers,
                        &is_shown, &status);
  if (code == 0) lua_pushboolean(L, is_shown);
  if (code != 0) lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

// outcome(JSON, why) → a record
static int outcome(lua_State *L) {
  lua_settop(L, 2);
  struct value value = value_arg(L, 1);
  struct buf out = {0};
  size_t begun = value_begin_list(&out);
  value_put_int(&out, RECORD_OUTCOME);
  value_put(&out, &value);
  if (lua_isstring(L, 2))
    value_put_text(&out, lua_tostring(L, 2));
  else
    value_put_nil(&out);
  value_end(&out, begun, 3);
  push_buf(L, &out);
  return 1;
}

// list(records) → JSON of each; split(records) → each
static int each(lua_State *L, bool json) {
  size_t len, took;
  const char *bytes = luaL_checklstring(L, 1, &len);
  struct value value;
  lua_newtable(L);
  for (int i = 1; len > 0 && (took = value_read_front(bytes, len, &value)) > 0; i++) {
    if (json)
      push_json(L, &value);
    else
      lua_pushlstring(L, bytes, took);
    lua_rawseti(L, -2, i);
    bytes += took;
    len -= took;
  }
  return 1;
}

static int list(lua_State *L) { return each(L, true); }
static int split(lua_State *L) { return each(L, false); }

void unit_script_turn(lua_State *L) {
  static const luaL_Reg verbs[] = {
      {"load", load},   {"run", run},     {"bench", bench},     {"callback", callback},
      {"rule", rule},   {"shown", shown}, {"outcome", outcome}, {"list", list},
      {"split", split}, {NULL, NULL}};
  luaL_newlib(L, verbs);
  lua_setfield(L, -2, "turn");
}
