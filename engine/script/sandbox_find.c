// string.find, match, gmatch and gsub over the bounded pattern matcher.
#define _GNU_SOURCE
#include <string.h>

#include "script/pattern.h"
#include "script/sandbox_find.h"
#include "script/sandbox_internal.h"

static size_t begin_at(lua_Integer from, size_t len) {
  if (from > 0) return (size_t)from - 1;
  if (from == 0 || from < -(lua_Integer)len) return 0;
  return len - (size_t)-from;
}

static void prepare(struct pattern *p, lua_State *L, int subject, int pattern,
                    bool *anchored) {
  size_t len, pattern_len;
  const char *text = luaL_checklstring(L, subject, &len);
  const char *rule = luaL_checklstring(L, pattern, &pattern_len);
  bool caret = anchored && pattern_len > 0 && *rule == '^';
  if (anchored) *anchored = caret;
  pattern_compile(p, L, rule + caret, pattern_len - caret);
  p->subject = text;
  p->end = text + len;
}

static int find_plain(lua_State *L, size_t from) {
  size_t len, pattern_len;
  const char *text = lua_tolstring(L, 1, &len);
  const char *wanted = lua_tolstring(L, 2, &pattern_len);
  sandbox_charge(L, len - from);
  const char *found = memmem(text + from, len - from, wanted, pattern_len);
  if (!found) return lua_pushnil(L), 1;
  lua_pushinteger(L, found - text + 1);
  lua_pushinteger(L, found - text + (lua_Integer)pattern_len);
  return 2;
}

static bool is_plain(lua_State *L) {
  size_t len;
  const char *pattern = lua_tolstring(L, 2, &len);
  for (size_t i = 0; i < len; i++)
    if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) return false;
  return true;
}

static int search(lua_State *L, bool find) {
  struct pattern p;
  bool anchored;
  size_t len;
  luaL_checklstring(L, 1, &len);
  luaL_checkstring(L, 2);
  size_t from = begin_at(luaL_optinteger(L, 3, 1), len);
  if (from > len) return lua_pushnil(L), 1;
  if (find && (lua_toboolean(L, 4) || is_plain(L))) return find_plain(L, from);
  prepare(&p, L, 1, 2, &anchored);
  for (const char *at = p.subject + from; at <= p.end; at++) {
    const char *end = pattern_match(&p, at);
    if (end && !find) return pattern_push_all(&p, at, end);
    if (end) {
      lua_pushinteger(L, at - p.subject + 1);
      lua_pushinteger(L, end - p.subject);
      return pattern_push_all(&p, NULL, NULL) + 2;
    }
    if (anchored) break;
  }
  lua_pushnil(L);
  return 1;
}

int sandbox_find(lua_State *L) { return search(L, true); }

int sandbox_match(lua_State *L) { return search(L, false); }

// Upvalues: subject, pattern, where to begin, where the last match ended (-1: none yet).
int sandbox_gmatch_step(lua_State *L) {
  struct pattern p;
  lua_settop(L, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  prepare(&p, L, 1, 2, NULL);
  const char *last = p.subject + lua_tointeger(L, lua_upvalueindex(4));
  for (const char *at = p.subject + lua_tointeger(L, lua_upvalueindex(3)); at <= p.end;
       at++) {
    const char *end = pattern_match(&p, at);
    if (!end || end == last) continue;
    lua_pushinteger(L, end - p.subject);
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return pattern_push_all(&p, at, end);
  }
  lua_pushinteger(L, p.end - p.subject + 1);
  lua_replace(L, lua_upvalueindex(3));
  return 0;
}

int sandbox_gmatch(lua_State *L) {
  size_t len;
  luaL_checklstring(L, 1, &len);
  luaL_checkstring(L, 2);
  size_t from = begin_at(luaL_optinteger(L, 3, 1), len);
  lua_settop(L, 2);
  lua_pushinteger(L, (lua_Integer)(from > len ? len + 1 : from));
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, sandbox_gmatch_step, 4);
  return 1;
}

static void add_template(struct pattern *p, luaL_Buffer *out, const char *start,
                         const char *end) {
  size_t len;
  lua_State *L = p->L;
  const char *text = lua_tolstring(L, 3, &len), *stop = text + len, *mark;
  while ((mark = memchr(text, '%', (size_t)(stop - text)))) {
    luaL_addlstring(out, text, (size_t)(mark - text));
    char c = mark + 1 < stop ? mark[1] : '\0';
    text = mark + 2;
    if (c == '%') {
      luaL_addchar(out, '%');
    } else if (c == '0') {
      luaL_addlstring(out, start, (size_t)(end - start));
    } else if (c >= '1' && c <= '9') {
      pattern_push(p, c - '1', start, end);
      luaL_addvalue(out);
    } else {
      sandbox_error(L, "invalid use of '%%' in replacement string");
    }
    if (luaL_bufflen(out) > SANDBOX_TEXT) break;  // the caller refuses it
  }
  if (text < stop) luaL_addlstring(out, text, (size_t)(stop - text));
}

// Pushes what a table or function gives for the match; the match itself for nil and
// false.
static void push_replacement(struct pattern *p, const char *start, const char *end) {
  lua_State *L = p->L;
  if (lua_type(L, 3) == LUA_TTABLE) {
    pattern_push(p, 0, start, end);
    lua_gettable(L, 3);
  } else {
    lua_pushvalue(L, 3);
    lua_call(L, pattern_push_all(p, start, end), 1);
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    lua_pushlstring(L, start, (size_t)(end - start));
  } else if (!lua_isstring(L, -1)) {
    sandbox_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  }
}

static void add_match(struct pattern *p, luaL_Buffer *out, const char *start,
                      const char *end) {
  int type = lua_type(p->L, 3);
  if (type == LUA_TSTRING || type == LUA_TNUMBER) {
    add_template(p, out, start, end);
  } else {
    push_replacement(p, start, end);
    luaL_addvalue(out);
  }
}

static bool is_replacement(int type) {
  return type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TTABLE ||
         type == LUA_TFUNCTION;
}

int sandbox_gsub(lua_State *L) {
  struct pattern p;
  bool anchored;
  luaL_Buffer out;
  luaL_argexpected(L, is_replacement(lua_type(L, 3)), 3, "string/function/table");
  prepare(&p, L, 1, 2, &anchored);
  lua_Integer most = luaL_optinteger(L, 4, p.end - p.subject + 1), count = 0;
  if (lua_type(L, 3) == LUA_TNUMBER) lua_tostring(L, 3);
  const char *at = p.subject, *last = NULL;
  luaL_buffinit(L, &out);
  while (count < most) {
    const char *end = pattern_match(&p, at);
    if (end && end != last) {
      count++;
      add_match(&p, &out, at, end);
      at = last = end;
    } else if (at < p.end) {
      luaL_addchar(&out, *at++);
    } else {
      break;
    }
    if (luaL_bufflen(&out) > SANDBOX_TEXT)
      return sandbox_error(L, "string.gsub: the text would be longer than 1 MB");
    if (anchored) break;
  }
  luaL_addlstring(&out, at, (size_t)(p.end - at));
  luaL_pushresult(&out);
  lua_pushinteger(L, count);
  return 2;
}
