// Running scripts: compile, call, resume, and the protected calls that can't swallow an
// end.
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "script/sandbox.h"
#include "script/sandbox_internal.h"

enum { CAUGHT = 4096 };  // work of an error caught: Lua looks through all calls below

// In a coroutine the end is a yield that nobody resumes: no pcall sees it, nothing
// unwinds, no closer runs, and it takes no longer from a million calls deep. Below a C
// function that can't yield it is an error, which each pcall on the way raises again.
// Such an error from the hook leaves hooks off up to the nearest protected call.
int sandbox_rethrow(lua_State *L) {
  struct sandbox *sb = sandbox_of(L);
  if (sb->ended == SANDBOX_DONE) return 0;
  if (lua_isyieldable(L)) return lua_yield(L, 0);
  return luaL_error(L, "%s", sb->why);
}

int sandbox_end(lua_State *L, const char *format, ...) {
  char why[sizeof((struct sandbox *)0)->why];
  va_list args;
  va_start(args, format);
  vsnprintf(why, sizeof why, format, args);
  va_end(args);
  sandbox_mark_ended(sandbox_of(L), SANDBOX_ENDED, why);
  return sandbox_rethrow(L);
}

bool sandbox_where(lua_State *L, lua_Debug *at) {
  for (int level = 0; lua_getstack(L, level, at); level++) {
    lua_getinfo(L, "Sl", at);
    if (at->currentline > 0) return true;
  }
  return false;
}

int sandbox_error(lua_State *L, const char *format, ...) {
  lua_Debug at;
  va_list args;
  if (sandbox_where(L, &at))
    lua_pushfstring(L, "%s:%d: ", at.short_src, at.currentline);
  else
    lua_pushliteral(L, "");
  va_start(args, format);
  lua_pushvfstring(L, format, args);
  va_end(args);
  lua_concat(L, 2);
  return lua_error(L);
}

// The stack below context is the caller's; results or one error are above it.
static int pcall_done(lua_State *L, int code, lua_KContext context) {
  sandbox_rethrow(L);
  bool ok = code == LUA_OK || code == LUA_YIELD;
  if (!ok) sandbox_charge(L, CAUGHT);
  lua_pushboolean(L, ok);
  lua_insert(L, (int)context + 1);
  return lua_gettop(L) - (int)context;
}

static int protected_call(lua_State *L) {
  luaL_checkany(L, 1);
  return pcall_done(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, pcall_done),
                    0);
}

static int handler_done(lua_State *L, int code, lua_KContext context) {
  (void)code;  // an error in the handler becomes the message
  (void)context;
  sandbox_rethrow(L);
  lua_pushboolean(L, false);
  lua_insert(L, 1);
  return lua_gettop(L);
}

static int xpcall_done(lua_State *L, int code, lua_KContext context) {
  sandbox_rethrow(L);
  if (code == LUA_OK || code == LUA_YIELD) return pcall_done(L, code, context);
  sandbox_charge(L, CAUGHT);
  return handler_done(L, lua_pcallk(L, 1, 1, 0, 0, handler_done), 0);
}

// Lua's own runs the handler before unwinding, where after an error in a hook no
// instruction is counted.
static int protected_call_with_handler(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  int count = lua_gettop(L) - 2;
  lua_pushvalue(L, 1);
  lua_copy(L, 2, 1);
  lua_replace(L, 2);  // handler, function, arguments
  return xpcall_done(L, lua_pcallk(L, count, LUA_MULTRET, 0, 1, xpcall_done), 1);
}

void sandbox_add_protected_calls(lua_State *L) {
  lua_pushcfunction(L, protected_call);
  lua_setfield(L, -2, "pcall");
  lua_pushcfunction(L, protected_call_with_handler);
  lua_setfield(L, -2, "xpcall");
}

struct source {
  const char *text;
  size_t len;
};

static const char *read_source(lua_State *L, void *context, size_t *len) {
  struct source *source = context;
  (void)L;
  *len = source->len;
  source->len = 0;
  return source->text;
}

// Does the message begin with the file's name? Lua cuts long ones.
static bool is_about(const char *message, const char *name) {
  size_t len = strlen(name);
  return strncmp(message, name, len < 40 ? len : 40) == 0;
}

int sandbox_load_text(lua_State *L, const char *text, size_t len, const char *name) {
  struct source source = {text, len};
  int line = 0;
  const char *refused = sandbox_refuse_source(text, len, &line);
  lua_pushfstring(L, "=%s", name);
  int code = LUA_ERRSYNTAX;
  if (refused)
    lua_pushfstring(L, "%s:%d: %s", name, line, refused);
  else
    code = lua_load(L, read_source, &source, lua_tostring(L, -1), "t");
  if (code != LUA_OK && !is_about(lua_tostring(L, -1), name)) {
    lua_pushfstring(L, "%s: the code nests too deep: %s", name, lua_tostring(L, -1));
    lua_remove(L, -2);
  }
  lua_remove(L, -2);
  lua_insert(L, -2);  // below the environment
  if (code == LUA_OK)
    lua_setupvalue(L, -2, 1);
  else
    lua_pop(L, 1);
  return code;
}

static int fail_with_top(lua_State *L, struct status *status) {
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  if (text)
    status_fail(status, ERR_INVALID, "%s", text);
  else
    status_fail(status, ERR_INVALID, "a %s was raised as an error: raise a text",
                luaL_typename(L, -1));
  lua_pop(L, 1);
  return status->code;
}

int sandbox_compile(lua_State *L, const char *text, size_t len, const char *name,
                    struct status *status) {
  if (len > SANDBOX_SOURCE) {
    lua_pop(L, 1);
    return status_fail(status, ERR_LIMIT, "%s: longer than 1 MB: split the file", name);
  }
  if (sandbox_load_text(L, text, len, name) == LUA_OK) return OK;
  return fail_with_top(L, status);
}

// What the run came to; an error, if there was one, is popped.
static enum sandbox_result conclude(lua_State *L, bool failed, struct status *status) {
  struct sandbox *sb = sandbox_of(L);
  if (sb->ended != SANDBOX_DONE) {
    if (failed) lua_pop(L, 1);
    status_fail(status, sb->ended == SANDBOX_ENDED ? ERR_CONFLICT : ERR_LIMIT, "%s",
                sb->why);
    return sb->ended;
  }
  if (!failed) return SANDBOX_DONE;
  fail_with_top(L, status);
  return SANDBOX_FAILED;
}

enum sandbox_result sandbox_call(lua_State *L, int nargs, int nresults,
                                 struct status *status) {
  struct sandbox *sb = sandbox_of(L);
  int base = lua_gettop(L) - nargs - 1;
  lua_State *before = sandbox_enter(sb, L);
  int code = lua_pcall(L, nargs, nresults, 0);
  sandbox_leave(sb, L, before);
  enum sandbox_result result = conclude(L, code != LUA_OK, status);
  if (result != SANDBOX_DONE) lua_settop(L, base);
  return result;
}

// A thread that failed is dropped, never reset: an error from the hook leaves it with
// hooks off, and resetting would run closers uncounted.
enum sandbox_result sandbox_resume(lua_State *co, lua_State *from, int nargs,
                                   int *nresults, struct status *status) {
  struct sandbox *sb = sandbox_of(co);
  lua_State *before = sandbox_enter(sb, co);
  int code = lua_resume(co, from, nargs, nresults);
  sandbox_leave(sb, co, before);
  enum sandbox_result result = conclude(co, code > LUA_YIELD, status);
  if (result != SANDBOX_DONE) {
    if (code <= LUA_YIELD) lua_pop(co, *nresults);
    *nresults = 0;
    return result;
  }
  return code == LUA_YIELD ? SANDBOX_YIELDED : SANDBOX_DONE;
}
