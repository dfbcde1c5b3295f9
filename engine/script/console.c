#include "script/console.h"

#include <lua.h>
#include <string.h>

#include "script/context.h"
#include "script/sandbox.h"
#include "script/values.h"

enum { LINE_MS = 1000 };

static const char ENV[] = "afterward.console";
static const char SHOWN[] = "afterward.console.shown";  // where print writes
static const char PRELUDE[] =
    "rules = setmetatable({}, { __index = function(_, id)\n"
    "  return function(...) return f:rule(id, ...) end end })";

static void show(lua_State *L, int index, struct buf *out);

static int print(lua_State *L) {
  int last = lua_gettop(L);
  lua_getfield(L, LUA_REGISTRYINDEX, SHOWN);
  struct buf *shown = lua_touserdata(L, -1);
  for (int i = 1; i <= last; i++) {
    size_t before = shown->len;
    show(L, i, shown);
    if (i < last) shown->data[shown->len - 1] = '\t';
    sandbox_charge(L, shown->len - before);
  }
  if (!last) buf_putc(shown, '\n');
  return 0;
}

static int make_env(lua_State *L, struct bundle *bundle, struct status *status) {
  struct value all = bundle_definitions(bundle), forms = value_field(&all, "form");
  sandbox_push_env(L);
  if (forms.kind == VALUE_MAP && values_push(L, &forms, status) == OK)
    lua_setfield(L, -2, "forms");
  lua_pushcfunction(L, print);
  lua_setfield(L, -2, "print");
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, ENV);
  if (sandbox_compile(L, PRELUDE, sizeof PRELUDE - 1, "console", status))
    return status->code;
  return sandbox_call(L, 0, 0, status) == SANDBOX_DONE ? OK : status->code;
}

static int compile_as(lua_State *L, const char *before, const char *line,
                      struct status *status) {
  struct buf text = {0};
  buf_printf(&text, "%s%s", before, line);
  lua_getfield(L, LUA_REGISTRYINDEX, ENV);
  int code = sandbox_compile(L, text.data, text.len, "console", status);
  buf_deinit(&text);
  return code;
}

static bool ends_early(const struct status *status) {
  static const char mark[] = "near <eof>";
  size_t len = strlen(status->text);
  return len >= sizeof mark - 1 && !strcmp(status->text + len - (sizeof mark - 1), mark);
}

static int compile(lua_State *L, const char *line, bool *unfinished,
                   struct status *status) {
  struct status first = {0};
  if (compile_as(L, "return ", line, &first) == OK ||
      compile_as(L, "", line, status) == OK)
    return OK;
  *unfinished = ends_early(&first) || ends_early(status);
  if (ends_early(&first) && !ends_early(status)) *status = first;
  return status->code;
}

static void show(lua_State *L, int index, struct buf *out) {
  struct buf bytes = {0};
  struct status status = {0};
  struct value view;
  size_t len;
  if (lua_istable(L, index) && !values_encode(L, index, NULL, &bytes, &status)) {
    value_read(bytes.data, bytes.len, &view);
    value_to_json(out, &view);
  } else {
    const char *text = sandbox_tostring(L, index, &len);
    buf_put(out, text, len);
    lua_pop(L, 1);
  }
  buf_putc(out, '\n');
  buf_deinit(&bytes);
}

// f is this line's: the one of an earlier line knows that its turn is over.
static int run(lua_State *L, struct bundle *bundle, const char *line, struct buf *shown,
               bool *unfinished, struct status *status) {
  int base = lua_gettop(L);
  lua_getfield(L, LUA_REGISTRYINDEX, ENV);
  lua_pushvalue(L, base);
  lua_setfield(L, -2, "f");
  lua_pop(L, 1);
  lua_pushlightuserdata(L, shown);
  lua_setfield(L, LUA_REGISTRYINDEX, SHOWN);
  if (compile(L, line, unfinished, status)) return status->code;
  calls_of(bundle)->running++;
  enum sandbox_result result = sandbox_call(L, 0, LUA_MULTRET, status);
  calls_of(bundle)->running--;
  for (int i = base + 1; result == SANDBOX_DONE && i <= lua_gettop(L); i++)
    show(L, i, shown);
  return result == SANDBOX_DONE ? OK : status->code;
}

int console_run(struct bundle *bundle, const struct facts *facts, const char *line,
                struct buf *shown, bool *unfinished, struct status *status) {
  lua_State *L = bundle_lua(bundle);
  struct context context = {.bundle = bundle, .calls = calls_of(bundle), .facts = facts};
  struct context **handle;
  int base = lua_gettop(L), code = OK;
  *unfinished = false;
  sandbox_turn(bundle_sandbox(bundle), LINE_MS, 0);
  if (lua_getfield(L, LUA_REGISTRYINDEX, ENV) == LUA_TNIL)
    code = make_env(L, bundle, status);
  lua_settop(L, base);
  context_push(L, &context, &handle);
  if (!code) code = run(L, bundle, line, shown, unfinished, status);
  context_deinit(&context, handle);
  lua_settop(L, base);
  return code;
}
