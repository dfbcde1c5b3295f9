#include "script/calls.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "script/ops.h"

// api.lua is part of this program: what it lacks is a broken invariant.
static void promise(bool kept) {
  if (!kept) abort();
}

static const char *text_of(lua_State *L, int index, const char *field) {
  lua_getfield(L, index, field);
  const char *text = lua_tostring(L, -1);  // stays in api.lua's table
  lua_pop(L, 1);
  return text;
}

static bool flag_of(lua_State *L, int index, const char *field) {
  lua_getfield(L, index, field);
  bool flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

static void read_keys(lua_State *L, struct calls *calls, int list, int *first,
                      int *count);

static void read_nested(lua_State *L, struct calls *calls, int at) {
  lua_getfield(L, -1, "keys");
  int first = 0, count = 0;
  if (lua_istable(L, -1)) read_keys(L, calls, lua_gettop(L), &first, &count);
  calls->keys[at].first = first;
  calls->keys[at].count = count;
  lua_pop(L, 1);
}

static void read_keys(lua_State *L, struct calls *calls, int list, int *first,
                      int *count) {
  *first = calls->key_count;
  *count = (int)lua_rawlen(L, list);
  calls->key_count += *count;
  promise(calls->key_count <= CALL_KEYS_MOST);
  for (int i = 0; i < *count; i++) {
    struct call_key *key = &calls->keys[*first + i];
    lua_rawgeti(L, list, i + 1);
    key->name = text_of(L, -1, "name");
    key->type = text_of(L, -1, "type");
    key->doc = text_of(L, -1, "doc");
    key->required = flag_of(L, -1, "required");
    promise(key->name && key->type && key->doc);
    read_nested(L, calls, *first + i);
    lua_pop(L, 1);
  }
}

// The label is a parameter's name, or the name of a key of one.
static void find_label(const struct calls *calls, struct call *call, const char *label) {
  for (int i = 0; label && i < call->count; i++) {
    const struct call_key *key = &calls->keys[call->first + i];
    if (strcmp(key->name, label) == 0) call->label_at = i + 1;
    for (int j = 0; !call->label_at && j < key->count; j++) {
      if (strcmp(calls->keys[key->first + j].name, label) != 0) continue;
      call->label_at = i + 1;
      call->label_key = label;
    }
    if (call->label_at) return;
  }
  promise(!label);
}

static void read_call(lua_State *L, struct calls *calls, const char *name) {
  promise(calls->count < CALLS_MOST);
  struct call *call = &calls->list[calls->count++];
  *call = (struct call){.name = name, .op = op_find(name)};
  promise(call->op != NULL);
  call->waits = flag_of(L, -1, "waits");
  call->in_jobs = flag_of(L, -1, "in_jobs");
  lua_getfield(L, -1, "params");
  read_keys(L, calls, lua_gettop(L), &call->first, &call->count);
  lua_pop(L, 1);
  find_label(calls, call, text_of(L, -1, "label"));
}

static void add_word(struct calls *calls, const char *word) {
  promise(word && calls->word_count < CALL_WORDS_MOST);
  calls->words[calls->word_count++] = word;
}

static void read_words(lua_State *L, struct calls *calls, bool names) {
  promise(lua_istable(L, -1));
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1))
    add_word(calls, lua_tostring(L, names ? -2 : -1));
}

static void read_fact_calls(lua_State *L, struct calls *calls) {
  lua_getfield(L, -1, "calls");
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
    const char *name = lua_tostring(L, -1);
    for (int i = 0; i < calls->count; i++)
      if (strcmp(calls->list[i].name, name) == 0) calls->list[i].in_facts = true;
  }
  lua_pop(L, 1);
}

// With api.lua's table on top.
static void read_api(lua_State *L, struct calls *calls) {
  lua_getfield(L, -1, "run");
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1))
    read_call(L, calls, lua_tostring(L, -2));
  lua_pop(L, 1);
  lua_getfield(L, -1, "fields");
  read_words(L, calls, true);
  calls->fields_end = calls->word_count;
  lua_pop(L, 1);
  lua_getfield(L, -1, "facts");
  read_fact_calls(L, calls);
  lua_getfield(L, -1, "fields");
  read_words(L, calls, true);
  calls->facts_end = calls->word_count;
  lua_pop(L, 2);
  lua_getfield(L, -1, "events");
  read_words(L, calls, false);
  lua_pop(L, 1);
}

struct calls *calls_of(struct bundle *bundle) {
  static const char place = 0;  // its address is the key
  lua_State *L = bundle_lua(bundle);
  luaL_checkstack(L, 20, NULL);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &place) == LUA_TNIL) {
    struct calls *calls = lua_newuserdatauv(L, sizeof *calls, 1);
    memset(calls, 0, sizeof *calls);
    bundle_push_api(bundle);
    read_api(L, calls);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &place);
    lua_remove(L, -2);
  }
  struct calls *calls = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return calls;
}

const struct call *calls_find(const struct calls *calls, const char *name) {
  for (int i = 0; i < calls->count; i++)
    if (strcmp(calls->list[i].name, name) == 0) return &calls->list[i];
  return NULL;
}

bool calls_has_field(const struct calls *calls, bool facts, const char *name) {
  int from = facts ? calls->fields_end : 0;
  int to = facts ? calls->facts_end : calls->fields_end;
  for (int i = from; i < to; i++)
    if (strcmp(calls->words[i], name) == 0) return true;
  return false;
}

bool calls_has_event(const struct calls *calls, const char *name, size_t len) {
  for (int i = calls->facts_end; i < calls->word_count; i++)
    if (strlen(calls->words[i]) == len && memcmp(calls->words[i], name, len) == 0)
      return true;
  return len > 12 && memcmp(name, "observation:", 12) == 0;
}
