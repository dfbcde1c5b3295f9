#include "script/values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "script/sandbox.h"

struct path {  // from the innermost table outwards
  const struct path *outer;
  const char *key;  // NULL: a list's item
  lua_Integer at;
  const void *table;  // for cycles
};

struct encoder {
  lua_State *L;
  struct buf *out;
  size_t begun;  // out's length before
  struct status *status;
};

struct entry {
  const char *key;
  size_t len;
};

// "fields.left", "fields[2].x"; the name alone at the top.
static void write_path(const struct path *path, struct buf *text) {
  if (path->outer) write_path(path->outer, text);
  if (path->key)
    buf_printf(text, "%s%s", text->len ? "." : "", path->key);
  else if (path->outer)
    buf_printf(text, "[%lld]", (long long)path->at);
}

static int refuse(struct encoder *e, const struct path *path, int code, const char *why) {
  struct buf text = {0};
  write_path(path, &text);
  status_fail(e->status, code, "%.200s: %s", text.len ? text.data : "the value", why);
  buf_deinit(&text);
  return code;
}

static int refuse_kind(struct encoder *e, const struct path *path, const char *kind) {
  char why[64];
  snprintf(why, sizeof why, "a %s can't be stored", kind);
  return refuse(e, path, ERR_INVALID, why);
}

static int encode(struct encoder *e, const struct path *path, int depth);

// The table is on top. Every key is checked before one is encoded.
static int encode_list(struct encoder *e, const struct path *path, int depth,
                       lua_Integer count) {
  int table = lua_gettop(e->L), code = OK;
  size_t begun = value_begin_list(e->out);
  for (lua_Integer i = 1; i <= count && code == OK; i++) {
    struct path item = {path, NULL, i, NULL};
    lua_rawgeti(e->L, table, i);
    code = encode(e, &item, depth + 1);
    lua_pop(e->L, 1);
  }
  value_end(e->out, begun, (uint32_t)count);
  return code;
}

static int compare_entries(const void *left, const void *right) {
  const struct entry *a = left, *b = right;
  int order = memcmp(a->key, b->key, a->len < b->len ? a->len : b->len);
  if (order != 0) return order;
  return (a->len > b->len) - (a->len < b->len);
}

static int encode_sorted(struct encoder *e, const struct path *path, int depth,
                         const struct entry *entries, size_t count) {
  int table = lua_gettop(e->L), code = OK;
  size_t begun = value_begin_map(e->out);
  for (size_t i = 0; i < count && code == OK; i++) {
    struct path item = {path, entries[i].key, 0, NULL};
    value_put_key_bytes(e->out, entries[i].key, entries[i].len);
    lua_pushlstring(e->L, entries[i].key, entries[i].len);
    lua_rawget(e->L, table);
    code = encode(e, &item, depth + 1);
    lua_pop(e->L, 1);
  }
  value_end(e->out, begun, (uint32_t)count);
  return code;
}

// The keys stay where they are while they are borrowed: the table holds them.
static int encode_map(struct encoder *e, const struct path *path, int depth,
                      size_t count) {
  struct entry *entries = mem_alloc((count + 1) * sizeof *entries);
  size_t kept = 0;
  lua_pushnil(e->L);
  while (lua_next(e->L, -2)) {
    lua_pop(e->L, 1);
    entries[kept].key = lua_tolstring(e->L, -1, &entries[kept].len);
    kept++;
  }
  qsort(entries, kept, sizeof *entries, compare_entries);
  int code = encode_sorted(e, path, depth, entries, kept);
  mem_free(entries);
  return code;
}

struct shape {
  size_t texts, items;  // keys that are texts; keys that are integers above 0
  lua_Integer last;     // the highest of those
  const char *odd;      // type of a key that is neither, or NULL
};

static struct shape look_at_keys(lua_State *L) {
  struct shape shape = {0};
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      shape.texts++;
    } else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 0) {
      shape.items++;
      if (lua_tointeger(L, -1) > shape.last) shape.last = lua_tointeger(L, -1);
    } else {
      shape.odd = lua_type(L, -1) == LUA_TNUMBER ? "number that is not 1, 2, 3…"
                                                 : lua_typename(L, lua_type(L, -1));
    }
  }
  return shape;
}

static int encode_entries(struct encoder *e, const struct path *path, int depth) {
  struct shape shape = look_at_keys(e->L);
  if (shape.odd) {
    char why[96];
    snprintf(why, sizeof why, "a key that is a %s can't be stored", shape.odd);
    return refuse(e, path, ERR_INVALID, why);
  }
  if (shape.texts && shape.items)
    return refuse(e, path, ERR_INVALID, "a table is a list or has names, not both");
  if (shape.items && (size_t)shape.last != shape.items)
    return refuse(e, path, ERR_INVALID, "a list can't have holes");
  if (shape.items) return encode_list(e, path, depth, shape.last);
  return encode_map(e, path, depth, shape.texts);
}

static int encode_table(struct encoder *e, struct path *path, int depth) {
  path->table = lua_topointer(e->L, -1);
  for (const struct path *outer = path->outer; outer; outer = outer->outer)
    if (outer->table == path->table)
      return refuse(e, path, ERR_INVALID, "a table can't contain itself");
  if (depth >= VALUES_DEPTH || !lua_checkstack(e->L, 8))
    return refuse(e, path, ERR_LIMIT, "tables nested deeper than 32 can't be stored");
  bool frozen = sandbox_push_frozen(e->L, -1);
  int code = encode_entries(e, path, depth);
  if (frozen) lua_pop(e->L, 1);
  return code;
}

static int encode_number(struct encoder *e, const struct path *path) {
  if (lua_isinteger(e->L, -1)) {
    value_put_int(e->out, lua_tointeger(e->L, -1));
    return OK;
  }
  lua_Number number = lua_tonumber(e->L, -1);
  if (isnan(number)) return refuse(e, path, ERR_INVALID, "not a number (0/0)");
  if (isinf(number))
    return refuse(e, path, ERR_INVALID, "an infinite number can't be stored");
  value_put_real(e->out, number);
  return OK;
}

// The value on top, which stays.
static int encode(struct encoder *e, const struct path *where, int depth) {
  struct path path = *where;
  size_t len;
  const char *text;
  int type = lua_type(e->L, -1), code = OK;
  switch (type) {
    case LUA_TNIL: value_put_nil(e->out); break;
    case LUA_TBOOLEAN: value_put_bool(e->out, lua_toboolean(e->L, -1)); break;
    case LUA_TNUMBER: code = encode_number(e, &path); break;
    case LUA_TTABLE: code = encode_table(e, &path, depth); break;
    case LUA_TSTRING:
      text = lua_tolstring(e->L, -1, &len);
      if (len > VALUES_BYTES) return refuse(e, &path, ERR_LIMIT, "longer than 1 MB");
      value_put_bytes(e->out, text, len);
      break;
    default: return refuse_kind(e, &path, lua_typename(e->L, type));
  }
  if (code == OK && e->out->len - e->begun > VALUES_BYTES)
    return refuse(e, &path, ERR_LIMIT, "the value is larger than 1 MB");
  return code;
}

int values_encode(lua_State *L, int index, const char *name, struct buf *out,
                  struct status *status) {
  struct encoder e = {L, out, out->len, status};
  struct path top = {NULL, name, 0, NULL};
  if (!lua_checkstack(L, 8))
    return status_fail(status, ERR_LIMIT, "the stack of a script is full");
  int height = lua_gettop(L);
  lua_pushvalue(L, index);
  int code = encode(&e, &top, 0);
  lua_settop(L, height);
  if (code != OK) {
    out->len = e.begun;
    if (out->data) out->data[out->len] = '\0';
  }
  return code;
}

static int push(lua_State *L, const struct value *value, int depth,
                struct status *status);

static int push_container(lua_State *L, const struct value *value, int depth,
                          struct status *status) {
  bool map = value->kind == VALUE_MAP;
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  lua_Integer at = 0;
  lua_createtable(L, 0, 0);
  while (value_next(&iter, map ? &key : NULL, &item)) {
    if (map) lua_pushlstring(L, key.text.data, key.text.len);
    int code = push(L, &item, depth + 1, status);
    if (code != OK) return code;
    if (map)
      lua_rawset(L, -3);
    else
      lua_rawseti(L, -2, ++at);
  }
  if (iter.left > 0) return status_fail(status, ERR_INVALID, "a stored value is damaged");
  return OK;
}

static int push(lua_State *L, const struct value *value, int depth,
                struct status *status) {
  if (depth > VALUES_DEPTH || !lua_checkstack(L, 8))
    return status_fail(status, ERR_LIMIT, "the value is nested deeper than 32");
  switch (value->kind) {
    case VALUE_NIL: lua_pushnil(L); break;
    case VALUE_BOOL: lua_pushboolean(L, value->boolean); break;
    case VALUE_INT: lua_pushinteger(L, value->integer); break;
    case VALUE_REAL: lua_pushnumber(L, value->real); break;
    case VALUE_TEXT:
      if (value->text.len > SANDBOX_TEXT)
        return status_fail(status, ERR_LIMIT, "a text is longer than 1 MB");
      lua_pushlstring(L, value->text.data, value->text.len);
      break;
    default: return push_container(L, value, depth, status);
  }
  return OK;
}

int values_push(lua_State *L, const struct value *value, struct status *status) {
  int height = lua_gettop(L);
  int code = push(L, value, 0, status);
  if (code != OK) lua_settop(L, height);
  return code;
}
