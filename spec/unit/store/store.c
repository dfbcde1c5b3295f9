// Opens the store to specs: stores are userdata, failures return nil and a sentence.
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_parts.h"

enum { MIGRATIONS = 8 };
static const char kind[] = "afterward.unit.store";

struct box {
  struct store *store;
  atomic_int told;  // how often the store said that all was synced
  struct backup *backup;
};

int luaopen_afterward_unit_store(lua_State *L);

static int refuse(lua_State *L, const struct status *status) {
  lua_pushnil(L);
  lua_pushstring(L, status->text);
  lua_pushinteger(L, status->code);
  return 3;
}

static int answer(lua_State *L, int code, const struct status *status) {
  if (code < 0) return refuse(L, status);
  lua_pushinteger(L, code);
  return 1;
}

static struct box *check_box(lua_State *L) {
  struct box *box = luaL_checkudata(L, 1, kind);
  luaL_argcheck(L, box->store != NULL, 1, "closed");
  return box;
}

// The address of a text is its key, so a spec's texts must stay where they are.
static const char *check_sql(lua_State *L, int at) {
  luaL_checkstring(L, at);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, kind);
  lua_pushvalue(L, at);
  if (lua_rawget(L, -2) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushvalue(L, at);
    lua_pushvalue(L, at);
    lua_pushvalue(L, at);
    lua_rawset(L, -4);
  }
  const char *sql = lua_tostring(L, -1);
  lua_pop(L, 2);
  return sql;
}

static struct box *push_box(lua_State *L) {
  struct box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  luaL_setmetatable(L, kind);
  return box;
}

// open(path, {"CREATE …", …}): the texts are migrations 1, 2 …
static int unit_open(lua_State *L) {
  static const char *const names[MIGRATIONS] = {"0001_a.sql", "0002_b.sql", "0003_c.sql",
                                                "0004_d.sql", "0005_e.sql", "0006_f.sql",
                                                "0007_g.sql"};
  const char *path = luaL_checkstring(L, 1);
  struct embedded list[MIGRATIONS] = {0};
  struct status status = {0};
  luaL_checktype(L, 2, LUA_TTABLE);
  int count = (int)luaL_len(L, 2);
  luaL_argcheck(L, count < MIGRATIONS, 2, "too many");
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, 2, i + 1);
    list[i].name = names[i];
    list[i].text = luaL_checklstring(L, -1, &list[i].length);
  }
  struct box *box = push_box(L);
  if (store_open_with(&box->store, path, list, &status) < 0) return refuse(L, &status);
  return 1;
}

static int unit_reader(lua_State *L) {
  struct status status = {0};
  const char *path = luaL_checkstring(L, 1);
  struct box *box = push_box(L);
  if (store_open_reader(&box->store, path, &status) < 0) return refuse(L, &status);
  return 1;
}

static int unit_close(lua_State *L) {
  struct box *box = luaL_checkudata(L, 1, kind);
  backup_free(box->backup);
  store_close(box->store);
  memset(box, 0, sizeof *box);
  return 0;
}

static int unit_exec(lua_State *L) {
  struct store *store = check_box(L)->store;
  return answer(L, store_exec(store, check_sql(L, 2), ""), store_error(store));
}

static int unit_begin(lua_State *L) {
  struct status status = {0};
  return answer(L, store_begin(check_box(L)->store, &status), &status);
}

static int unit_commit(lua_State *L) {
  struct status status = {0};
  return answer(L, store_commit(check_box(L)->store, &status), &status);
}

static void told(void *self) { atomic_fetch_add(&((struct box *)self)->told, 1); }

// commit_apart(): ok, or nil, code, text. It may not be synced yet.
static int unit_commit_apart(lua_State *L) {
  struct status status = {0};
  return answer(L, store_commit_apart(check_box(L)->store, &status), &status);
}

// apart(): those are synced on a thread from now on.
static int unit_apart(lua_State *L) {
  struct box *box = check_box(L);
  store_sync_apart(box->store, told, box);
  return 0;
}

// synced(): waits for that; how often it was said.
static int unit_synced(lua_State *L) {
  struct box *box = check_box(L);
  store_wait_for_sync(box->store);
  lua_pushboolean(L, store_synced(box->store));
  lua_pushinteger(L, atomic_load(&box->told));
  return 2;
}

static int unit_is_synced(lua_State *L) {
  lua_pushboolean(L, store_synced(check_box(L)->store));
  return 1;
}

// ready(busy): whether a transaction begun now would hardly wait for the disk.
static int unit_ready(lua_State *L) {
  lua_pushboolean(L, store_is_ready(check_box(L)->store, lua_toboolean(L, 2)));
  return 1;
}

// wait(): until it would not.
static int unit_wait(lua_State *L) {
  store_wait_for_disk(check_box(L)->store);
  return 0;
}

static int unit_rollback(lua_State *L) {
  store_rollback(check_box(L)->store);
  return 0;
}

static int unit_checkpoint(lua_State *L) {
  struct status status = {0};
  return answer(L, store_checkpoint(check_box(L)->store, &status), &status);
}

static int unit_broken(lua_State *L) {
  lua_pushboolean(L, store_broken(check_box(L)->store));
  return 1;
}

static int unit_int(lua_State *L) {
  struct store *store = check_box(L)->store;
  lua_pushinteger(L, store_int(store, -99, check_sql(L, 2), ""));
  return 1;
}

static int unit_text(lua_State *L) {
  char *text = store_text(check_box(L)->store, check_sql(L, 2), "");
  lua_pushstring(L, text);
  free(text);
  return 1;
}

// The columns of the first row of one parameter of each type, as text.
static int unit_types(lua_State *L) {
  struct store *store = check_box(L)->store;
  struct stmt *stmt = store_query(store, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8",
                                  "iIItdbbn", (int64_t)-5, (int64_t)0, (int64_t)7, "text",
                                  0.5, "a\0b", (size_t)3, NULL, (size_t)0);
  stmt_row(stmt);
  int columns = stmt_columns(stmt);
  for (int i = 0; i < columns; i++) {
    size_t len;
    const char *bytes = stmt_bytes(stmt, i, &len);
    if (stmt_null(stmt, i))
      lua_pushliteral(L, "NULL");
    else
      lua_pushlstring(L, bytes, len);
  }
  stmt_done(stmt);
  return columns;
}

static int unit_too_few(lua_State *L) {
  struct store *store = check_box(L)->store;
  return answer(L, store_exec(store, "SELECT ?1, ?2", "i", (int64_t)1),
                store_error(store));
}

static int count_down(struct store *store, int64_t from) {
  int rows = 0;
  struct stmt *stmt = store_query(store, "SELECT ?1 UNION ALL SELECT ?1", "i", from);
  while (stmt_row(stmt)) rows += from > 0 ? count_down(store, from - 1) : 1;
  stmt_done(stmt);
  return rows;
}

// Uses one statement within itself, n deep, two rows at each level.
static int unit_nested(lua_State *L) {
  lua_pushinteger(L, count_down(check_box(L)->store, luaL_checkinteger(L, 2)));
  return 1;
}

static int unit_backup(lua_State *L) {
  struct box *box = check_box(L);
  struct status status = {0};
  return answer(L,
                backup_start(&box->backup, box->store, luaL_checkstring(L, 2), &status),
                &status);
}

static int unit_slice(lua_State *L) {
  struct box *box = check_box(L);
  struct status status = {0};
  bool done;
  if (backup_step(box->backup, (int)luaL_checkinteger(L, 2), &done, &status) < 0)
    return refuse(L, &status);
  lua_pushboolean(L, done);
  return 1;
}

static void hold(const char *path, int ready) {
  static const struct embedded list[] = {
      {"0001_a.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT) STRICT", 0}, {0}};
  struct store *store = NULL;
  struct status status = {0};
  if (store_open_with(&store, path, list, &status) < 0) _exit(1);
  store_begin(store, &status);
  for (int i = 0; i < 100; i++)
    store_exec(store, "INSERT INTO t (s) VALUES (?1)", "t", "kept");
  store_commit(store, &status);
  store_begin(store, &status);
  store_exec(store, "INSERT INTO t (s) VALUES (?1)", "t", "lost");
  if (write(ready, "", 1) == 1) pause();
  _exit(1);
}

// A child process that holds the store, 100 rows committed and one not. Its number.
static int unit_hold(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  int ends[2];
  char byte;
  if (pipe(ends) < 0) return luaL_error(L, "pipe: %s", strerror(errno));
  pid_t child = fork();
  if (child == 0) hold(path, ends[1]);
  close(ends[1]);
  bool held = child > 0 && read(ends[0], &byte, 1) == 1;
  close(ends[0]);
  if (!held) return luaL_error(L, "the child could not open %s", path);
  lua_pushinteger(L, child);
  return 1;
}

static int unit_kill(lua_State *L) {
  pid_t child = (pid_t)luaL_checkinteger(L, 1);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return 0;
}

int luaopen_afterward_unit_store(lua_State *L) {
  static const luaL_Reg verbs[] = {{"open", unit_open},
                                   {"reader", unit_reader},
                                   {"hold", unit_hold},
                                   {"kill", unit_kill},
                                   {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"close", unit_close},         {"exec", unit_exec},
      {"begin", unit_begin},         {"commit", unit_commit},
      {"rollback", unit_rollback},   {"checkpoint", unit_checkpoint},
      {"broken", unit_broken},       {"int", unit_int},
      {"text", unit_text},           {"types", unit_types},
      {"too_few", unit_too_few},     {"nested", unit_nested},
      {"backup", unit_backup},       {"slice", unit_slice},
      {"apart", unit_apart},         {"synced", unit_synced},
      {"is_synced", unit_is_synced}, {"ready", unit_ready},
      {"wait", unit_wait},           {"commit_apart", unit_commit_apart},
      {"__gc", unit_close},          {NULL, NULL}};
  log_set_level(0);  // failures are what these specs are about
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, verbs);
  return 1;
}
