// The string and utf8 libraries, bounded in time and size.
#include <ctype.h>
#include <lualib.h>
#include <string.h>

#include "script/sandbox_find.h"
#include "script/sandbox_internal.h"

enum { MOST_VALUES = 10000 };

static int repeat(lua_State *L) {
  size_t len, between_len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *between = luaL_optlstring(L, 3, "", &between_len);
  size_t each = len + between_len;
  if (count <= 0 || each == 0) return lua_pushliteral(L, ""), 1;
  if ((lua_Unsigned)count > SANDBOX_TEXT / each + 1 ||
      (size_t)count * each - between_len > SANDBOX_TEXT)
    return sandbox_error(L, "string.rep: the text would be longer than 1 MB");
  sandbox_charge(L, (size_t)count * each);
  luaL_Buffer out;
  luaL_buffinitsize(L, &out, (size_t)count * each);
  for (lua_Integer i = 1; i <= count; i++) {
    luaL_addlstring(&out, text, len);
    if (i < count) luaL_addlstring(&out, between, between_len);
  }
  luaL_pushresult(&out);
  return 1;
}

// Lua's own function is the first upvalue; the first argument's length is its work.
static int charged(lua_State *L) {
  size_t len;
  luaL_checklstring(L, 1, &len);
  sandbox_charge(L, len + 64);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// The same for byte and codepoint, which return one value for each byte.
static int few_values(lua_State *L) {
  size_t len;
  luaL_checklstring(L, 1, &len);
  lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, from);
  if (from < 0) from = from < -(lua_Integer)len ? 1 : (lua_Integer)len + from + 1;
  if (to < 0) to = to < -(lua_Integer)len ? 0 : (lua_Integer)len + to + 1;
  if (to > (lua_Integer)len) to = (lua_Integer)len;
  if (from <= to && (lua_Unsigned)to - (lua_Unsigned)from >= MOST_VALUES)
    return sandbox_error(L, "more than %d characters at once", MOST_VALUES);
  return charged(L);
}

// The conversion that the directive at text (after '%') ends in; '\0' when there is none.
static const char *find_conversion(const char *text, const char *end) {
  while (text < end && (isdigit((unsigned char)*text) || strchr("-+ #.", *text))) {
    if (*text == '\0') break;
    text++;
  }
  return text;
}

// Makes texts of what %s is given, so that no address shows, and adds up the lengths.
static int format(lua_State *L) {
  size_t len, total;
  const char *text = luaL_checklstring(L, 1, &len), *end = text + len;
  int argument = 1, count = lua_gettop(L);
  total = len;
  for (; text < end; text++) {
    if (*text != '%') continue;
    text = find_conversion(text + 1, end);
    if (text >= end) break;
    if (*text == '%') continue;
    if (++argument > count) break;  // Lua's own says which is missing
    size_t more = 512;              // %.99f of the largest number
    if (*text == 'p') return sandbox_error(L, "string.format: %%p shows an address");
    if (*text == 's') {
      sandbox_tostring(L, argument, &more);
      lua_replace(L, argument);
    } else if (*text == 'q' && lua_type(L, argument) == LUA_TSTRING) {
      more = 4 * lua_rawlen(L, argument) + 2;
    }
    total += more;
    if (total > SANDBOX_TEXT)
      return sandbox_error(L, "string.format: the text would be longer than 1 MB");
  }
  sandbox_charge(L, total);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void wrap(lua_State *L, int library, const char *name, lua_CFunction with) {
  lua_getfield(L, library, name);
  lua_pushcclosure(L, with, 1);
  lua_setfield(L, -2, name);
}

// What "text":upper() finds. Lua 5.4 also does arithmetic on texts; it stays, so "10" + 1
// is 11 here too.
static void set_string_metatable(lua_State *L, int library) {
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);  // Lua's own, with the arithmetic
  lua_pushvalue(L, library);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

void sandbox_push_string(lua_State *L) {
  static const luaL_Reg own[] = {{"find", sandbox_find}, {"gmatch", sandbox_gmatch},
                                 {"gsub", sandbox_gsub}, {"match", sandbox_match},
                                 {"rep", repeat},        {NULL, NULL}};
  static const char *const sized[] = {"len", "lower", "reverse", "sub", "upper", NULL};
  static const char *const kept[] = {"char", NULL};
  lua_pushcfunction(L, luaopen_string);
  lua_call(L, 0, 1);
  int library = lua_gettop(L);
  luaL_newlib(L, own);
  sandbox_copy_functions(L, library, kept);
  for (const char *const *name = sized; *name; name++) wrap(L, library, *name, charged);
  wrap(L, library, "byte", few_values);
  wrap(L, library, "format", format);
  // A copy of its own: the one that scripts see is emptied when it is frozen.
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, -3)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_settable(L, -4);
  }
  set_string_metatable(L, lua_gettop(L));
  lua_pop(L, 1);
  lua_remove(L, library);
}

void sandbox_push_utf8(lua_State *L) {
  static const char *const kept[] = {"char", "charpattern", "codes", NULL};
  lua_pushcfunction(L, luaopen_utf8);
  lua_call(L, 0, 1);
  int library = lua_gettop(L);
  lua_newtable(L);
  sandbox_copy_functions(L, library, kept);
  wrap(L, library, "codepoint", few_values);
  wrap(L, library, "len", charged);
  wrap(L, library, "offset", charged);
  lua_remove(L, library);
}
