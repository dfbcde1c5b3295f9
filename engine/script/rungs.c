#include "script/rungs.h"

#include <lauxlib.h>
#include <string.h>

#include "base/nearest.h"
#include "script/ops.h"
#include "script/sandbox.h"
#include "script/types.h"

// Pushes a copy of the table, one level of it.
static void push_copy(lua_State *L, int table) {
  bool frozen = sandbox_push_frozen(L, table);
  int from = frozen ? lua_gettop(L) : table;
  lua_newtable(L);
  for (lua_pushnil(L); lua_next(L, from);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
  if (frozen) lua_remove(L, from);
}

static void name_channel(lua_State *L, int rung) {
  lua_rawgeti(L, rung, 1);
  lua_setfield(L, rung, "channel");
  lua_pushnil(L);
  lua_rawseti(L, rung, 1);
}

void rungs_name(lua_State *L, int options) {
  if (!lua_istable(L, options)) return;
  if (lua_getfield(L, options, "via") != LUA_TTABLE) {
    lua_pop(L, 1);
    return;
  }
  luaL_checkstack(L, 8, NULL);
  push_copy(L, lua_gettop(L));
  int list = lua_gettop(L);
  for (lua_Integer at = 1, count = (lua_Integer)lua_rawlen(L, list); at <= count; at++) {
    if (lua_rawgeti(L, list, at) == LUA_TTABLE) {
      push_copy(L, lua_gettop(L));
      name_channel(L, lua_gettop(L));
      lua_rawseti(L, list, at);
    }
    lua_pop(L, 1);
  }
  push_copy(L, options);
  lua_insert(L, list);
  lua_setfield(L, list, "via");
  lua_replace(L, options);
  lua_pop(L, 1);
}

struct rung_key {
  const char *name, *type;
  bool of_call;
};
static const struct rung_key keys[] = {{"channel", "word", false},
                                       {"within", "span", false},
                                       {"to", "one:patient,family", false},
                                       {"role", "role", true},
                                       {"due", "span", true}};
enum { KEYS = sizeof keys / sizeof *keys, RUNGS_MOST = 12 };

bool rung_fits(const struct value *value) {
  return value->kind == VALUE_MAP || value->kind == VALUE_TEXT;
}

static void refuse_key(lua_State *L, struct context *context, int position,
                       const struct value *name) {
  struct nearest nearest;
  buf_clear(&context->made);
  value_to_json(&context->made, name);
  nearest_start(&nearest, name->text.data, name->text.len);
  for (int i = 1; i < KEYS; i++)
    nearest_offer(&nearest, keys[i].name, strlen(keys[i].name));
  nearest_put(&nearest, &context->made);
  context_misuse(L, context, "argument 2, via: rung %d has no key %s", position,
                 buf_text(&context->made));
}

static void check_names(lua_State *L, struct context *context, int position,
                        const struct value *rung) {
  struct value_iter iter = value_iterate(rung);
  struct value name, item;
  while (value_next(&iter, &name, &item)) {
    bool known = false;
    for (int i = 0; i < KEYS; i++) known = known || value_is(&name, keys[i].name);
    if (!known) refuse_key(L, context, position, &name);
  }
}

static void check_key(lua_State *L, struct context *context, int position,
                      const struct rung_key *key, const struct value *item, bool calls) {
  buf_clear(&context->made);
  if (!type_fits(context, key->type, item, &context->made))
    context_misuse(L, context, "argument 2, via: rung %d, %s: %s", position, key->name,
                   buf_text(&context->made));
  if (key->of_call && !calls)
    context_misuse(L, context, "argument 2, via: rung %d, %s: is for \"call\" alone",
                   position, key->name);
}

static void check_rung(lua_State *L, struct context *context, int position,
                       const struct value *rung) {
  struct value channel = rung->kind == VALUE_TEXT ? *rung : value_field(rung, "channel");
  check_key(L, context, position, &keys[0], &channel, false);
  if (rung->kind == VALUE_TEXT) return;
  check_names(L, context, position, rung);
  for (int i = 1; i < KEYS; i++) {
    struct value item = value_field(rung, keys[i].name);
    if (item.kind != VALUE_NIL)
      check_key(L, context, position, &keys[i], &item, value_is(&channel, "call"));
  }
}

static bool is_rung(const struct value *item) {
  return item->kind == VALUE_MAP || value_is(item, "call");
}

// Each begins when the time of those before it is over, at the soonest.
static void check_times(lua_State *L, struct context *context, const struct value *via,
                        int64_t until) {
  struct value_iter iter = value_iterate(via);
  struct value rung;
  int64_t at = 0;
  for (int position = 1; value_next(&iter, NULL, &rung); position++) {
    struct value within = value_field(&rung, "within");
    if (at >= until)
      context_misuse(L, context,
                     "argument 2, via: rung %d would begin when nobody waits for the "
                     "answer any more: a longer `within` for the whole, or shorter ones",
                     position);
    if (within.kind == VALUE_NIL) return;
    at = ops_moment(L, context, &within, at, "argument 2, via");
  }
}

void rungs_check(lua_State *L, struct context *context, const struct value *options) {
  struct value via = value_field(options, "via"), item;
  struct value together = value_field(options, "together"),
               within = value_field(options, "within");
  struct value_iter iter = value_iterate(&via);
  bool rungs = false;
  if (via.kind != VALUE_LIST) return;
  if (value_count(&via) > RUNGS_MOST)
    context_misuse(L, context, "argument 2, via: more than %d rungs", RUNGS_MOST);
  for (int position = 1; value_next(&iter, NULL, &item); position++) {
    check_rung(L, context, position, &item);
    rungs = rungs || is_rung(&item);
  }
  if (rungs && value_true(&together))
    context_misuse(L, context,
                   "argument 2, together: rungs go one after the other, not at once");
  if (rungs && within.kind == VALUE_TEXT)
    check_times(L, context, &via,
                ops_moment(L, context, &within, 0, "argument 2, within"));
  buf_clear(&context->made);
}
