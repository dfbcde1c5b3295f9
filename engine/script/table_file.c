#include "script/table_file.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/sandbox.h"
#include "script/values.h"

enum { TABLE_MS = 2000 };  // a configuration is read once; nobody else waits

static int env(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *text = getenv(name);
  if (text) {
    lua_pushstring(L, text);
    return 1;
  }
  if (lua_gettop(L) < 2) {
    return sandbox_error(L,
                         "the environment variable %s is not set; set it, or say what "
                         "holds without it: env(\"%s\", \"…\")",
                         name, name);
  }
  lua_settop(L, 2);
  return 1;
}

static int read_text(const char *file, struct buf *text, struct status *status) {
  FILE *from = fopen(file, "rb");
  if (!from) {
    return status_fail(status, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
                       "%s can't be read: %s", file, strerror(errno));
  }
  char chunk[16384];
  size_t got;
  while (text->len <= SANDBOX_SOURCE && (got = fread(chunk, 1, sizeof chunk, from)) > 0) {
    buf_put(text, chunk, got);
  }
  int failed = ferror(from) ? errno : 0;
  fclose(from);
  if (failed) {
    return status_fail(status, ERR_IO, "%s can't be read: %s", file, strerror(failed));
  }
  if (text->len > SANDBOX_SOURCE) {
    return status_fail(status, ERR_LIMIT, "%s is longer than %d bytes", file,
                       SANDBOX_SOURCE);
  }
  if (text->len >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0) buf_consume(text, 3);
  return OK;
}

// Leaves the table on the stack.
static int run(lua_State *L, const char *file, const struct buf *text,
               struct status *status) {
  sandbox_turn(sandbox_of(L), TABLE_MS, 0);
  sandbox_push_env(L);
  lua_pushcfunction(L, env);
  lua_setfield(L, -2, "env");
  int failed = sandbox_compile(L, buf_text(text), text->len, file, status);
  if (failed) return failed;
  if (sandbox_call(L, 0, 1, status) != SANDBOX_DONE) {
    // What ended the turn rather than raised carries no place.
    return strstr(status->text, file) ? ERR_INVALID : status_prefix(status, "%s", file);
  }
  if (!lua_istable(L, -1)) {
    return status_fail(status, ERR_INVALID,
                       "%s gives a %s instead of a table: end it with return { … }", file,
                       luaL_typename(L, -1));
  }
  return OK;
}

int table_file_parse(const char *name, const struct buf *text, struct buf *encoded,
                     struct status *status) {
  struct sandbox *sandbox = sandbox_open(NULL);
  lua_State *L = sandbox_state(sandbox);
  int result = run(L, name, text, status);
  if (!result && values_encode(L, -1, NULL, encoded, status)) {
    result = status_prefix(status, "%s", name);
  }
  sandbox_close(sandbox);
  return result;
}

int table_file_read(const char *file, struct buf *encoded, struct status *status) {
  struct buf text = {0};
  int result = read_text(file, &text, status);
  if (!result) result = table_file_parse(file, &text, encoded, status);
  buf_deinit(&text);
  return result;
}
