// host.phrases: a list of phrases becomes a function that says what a text says of them.
#include <string.h>

#include "base/mem.h"
#include "base/phrases.h"
#include "script/bundle_parts.h"

enum { MOST = 20000, CLASSES = 200, WORK = 16 };  // a byte of text costs about WORK units

struct listener {
  struct phrases *phrases;  // owned
  int *classes;             // by phrase: number of its class, from 1; 0 when it has none
  double *weights;          // by phrase
  int count, class_count;
  struct phrase_hits hits;
};

static int listener_free(lua_State *L) {
  struct listener *listener = lua_touserdata(L, 1);
  phrases_free(listener->phrases);
  mem_free(listener->classes);
  mem_free(listener->weights);
  phrase_hits_deinit(&listener->hits);
  return 0;
}

// The new listener and the list of its classes' names, which stay on the stack.
static struct listener *new_listener(lua_State *L) {
  struct listener *listener = lua_newuserdatauv(L, sizeof *listener, 0);
  memset(listener, 0, sizeof *listener);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, listener_free);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  listener->phrases = phrases_new();
  lua_newtable(L);
  return listener;
}

// The number of the class on top of the stack, which it pops; names is the list.
static int class_number(lua_State *L, struct listener *listener, int names) {
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return 0;
  }
  lua_pushvalue(L, -1);
  if (lua_rawget(L, names) == LUA_TNIL) {
    if (listener->class_count == CLASSES) luaL_error(L, "more than %d classes", CLASSES);
    lua_pushvalue(L, -2);
    lua_rawseti(L, names, ++listener->class_count);
    lua_pushvalue(L, -2);
    lua_pushinteger(L, listener->class_count);
    lua_rawset(L, names);
    lua_pop(L, 1);
    lua_pushinteger(L, listener->class_count);
  }
  int number = (int)lua_tointeger(L, -1);
  lua_pop(L, 2);
  return number;
}

// The entry on top of the stack: { text =, role =, class =, weight = }.
static int add(lua_State *L, struct listener *listener, int names,
               struct status *status) {
  static const char *const roles[] = {"means", "not",  "gone",  "doubt", "link",
                                      "and",   "turn", "break", "plain", NULL};
  lua_getfield(L, -1, "role");
  enum phrase_role role = (enum phrase_role)luaL_checkoption(L, -1, "means", roles);
  lua_getfield(L, -2, "text");
  size_t len;
  const char *text = luaL_checklstring(L, -1, &len);
  int number = phrases_add(listener->phrases, text, len, role, status);
  lua_pop(L, 2);
  if (number < 0) return number;
  lua_getfield(L, -1, "weight");
  listener->weights[number] = luaL_checknumber(L, -1);
  lua_pop(L, 1);
  lua_getfield(L, -1, "class");
  listener->classes[number] = class_number(L, listener, names);
  listener->count = number + 1;
  return OK;
}

// Adds the words of the hits in this state, as they were written, under key.
static void push_words(lua_State *L, const struct listener *listener, const char *text,
                       enum phrase_state state, int class, const char *key) {
  lua_newtable(L);
  int count = 0;
  for (size_t i = 0; i < listener->hits.count; i++) {
    const struct phrase_hit *hit = &listener->hits.items[i];
    if (hit->state != state || (class && listener->classes[hit->phrase] != class))
      continue;
    lua_pushlstring(L, text + hit->from, hit->len);
    lua_rawseti(L, -2, ++count);
  }
  lua_setfield(L, -2, key);
}

// The class of most weight among the hits in this state; of equals the first in the list.
// A phrase counts once, however often it is said.
static int heaviest(const struct listener *listener, enum phrase_state state,
                    double *weight) {
  double sums[CLASSES + 1] = {0};
  const struct phrase_hits *hits = &listener->hits;
  for (size_t i = 0; i < hits->count; i++) {
    bool again = hits->items[i].state != state;
    for (size_t j = 0; j < i && j < 256 && !again; j++)
      again =
          hits->items[j].phrase == hits->items[i].phrase && hits->items[j].state == state;
    if (!again)
      sums[listener->classes[hits->items[i].phrase]] +=
          listener->weights[hits->items[i].phrase];
  }
  int best = 0;
  for (int i = 1; i <= listener->class_count; i++)
    if (sums[i] > (best ? sums[best] : 0)) best = i;
  *weight = best ? sums[best] : 0;
  return best;
}

static void push_class(lua_State *L, int class, const char *key) {
  if (!class) return;
  lua_rawgeti(L, lua_upvalueindex(2), class);
  lua_setfield(L, -2, key);
}

static int hear(lua_State *L) {
  struct listener *listener = lua_touserdata(L, lua_upvalueindex(1));
  size_t len;
  const char *text = luaL_optlstring(L, 1, "", &len);
  sandbox_charge(L, WORK * len + 256);
  phrases_find(listener->phrases, text, len, &listener->hits);
  double said, unsure;
  int class = heaviest(listener, PHRASE_SAID, &said);
  lua_createtable(L, 0, 6);
  push_class(L, class, "class");
  push_class(L, heaviest(listener, PHRASE_UNSURE, &unsure), "doubt");
  lua_pushnumber(L, said);
  lua_setfield(L, -2, "weight");
  push_words(L, listener, text, PHRASE_SAID, class, "because");
  push_words(L, listener, text, PHRASE_UNSURE, 0, "unsure");
  push_words(L, listener, text, PHRASE_DENIED, 0, "denied");
  return 1;
}

static void tell(lua_State *L, lua_Integer entry, const char *message) {
  lua_pushvalue(L, 2);
  lua_pushinteger(L, entry);
  lua_pushstring(L, message);
  lua_call(L, 2, 0);
}

// phrases(list, tell) → function(text); what can't be added is told as (entry, why).
static int host_phrases(lua_State *L) {
  lua_settop(L, 2);
  lua_Integer count = luaL_len(L, 1);
  if (count > MOST) return luaL_error(L, "more than %d phrases", MOST);
  struct listener *listener = new_listener(L);
  listener->classes = mem_alloc((size_t)(count + 1) * sizeof(int));
  listener->weights = mem_alloc((size_t)(count + 1) * sizeof(double));
  for (lua_Integer i = 1; i <= count; i++) {
    struct status status = {0};
    lua_rawgeti(L, 1, i);
    if (add(L, listener, 4, &status)) tell(L, i, status.text);
    lua_settop(L, 4);
  }
  phrases_seal(listener->phrases);
  lua_pushcclosure(L, hear, 2);
  return 1;
}

void bundle_add_phrases(lua_State *L) {
  lua_pushcfunction(L, host_phrases);
  lua_setfield(L, -2, "phrases");
}
