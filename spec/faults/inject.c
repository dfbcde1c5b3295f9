// require "afterward.faults": a process of its own for a part of a spec, in which disk
// and memory fail when they are told to.
#include "inject.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOTES = 16, SECONDS = 40 };

static int64_t *notes;  // shared with the children

// faults.note(i, number) and faults.noted(i): what a child leaves for who comes after it.
static int faults_note(lua_State *L) {
  lua_Integer i = luaL_checkinteger(L, 1);
  luaL_argcheck(L, i >= 1 && i <= NOTES, 1, "1 to 16");
  notes[i - 1] = luaL_checkinteger(L, 2);
  return 0;
}

static int faults_noted(lua_State *L) {
  lua_Integer i = luaL_checkinteger(L, 1);
  luaL_argcheck(L, i >= 1 && i <= NOTES, 1, "1 to 16");
  lua_pushinteger(L, notes[i - 1]);
  return 1;
}

static void run_child(lua_State *L, const char *words) {
  int file = open(words, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(file, STDERR_FILENO);
  alarm(SECONDS);  // a fault must not hang either
  lua_pushvalue(L, 1);
  int code = lua_pcall(L, 0, 0, 0) == LUA_OK ? 0 : 3;
  if (code) dprintf(STDERR_FILENO, "raised: %s\n", lua_tostring(L, -1));
  _exit(code);
}

// faults.apart(fn, file): runs fn in a child whose stderr goes to file. How it ended:
// "done", "raised" or "exit", "signal" with the number.
static int faults_apart(lua_State *L) {
  int status = 0;
  const char *words = luaL_checkstring(L, 2);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) run_child(L, words);
  if (child < 0 || waitpid(child, &status, 0) != child) return luaL_error(L, "no child");
  int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  lua_pushstring(L, WIFSIGNALED(status) ? "signal"
                    : number == 0       ? "done"
                    : number == 3       ? "raised"
                                        : "exit");
  lua_pushinteger(L, number);
  return 2;
}

static const char *const kinds[] = {"read", "write", "sync", "truncate", NULL};

// faults.disk(kind, nth, for_ever, full): from now on, in this process.
static int faults_disk(lua_State *L) {
  enum disk_kind kind = (enum disk_kind)luaL_checkoption(L, 1, NULL, kinds);
  struct strike *strike = disk_strike(kind);
  if (disk_mount() != SQLITE_OK) return luaL_error(L, "SQLite takes no file system");
  strike->nth = luaL_checkinteger(L, 2);
  strike->for_ever = lua_toboolean(L, 3);
  disk_say_full(lua_toboolean(L, 4));
  return 0;
}

// faults.operations(kind): how many there were.
static int faults_operations(lua_State *L) {
  lua_pushinteger(L, disk_strike(luaL_checkoption(L, 1, NULL, kinds))->count);
  return 1;
}

// faults.memory(nth): SQLite's allocation that fails; faults.allocations(): how many.
static int faults_memory(lua_State *L) {
  if (memory_mount() != SQLITE_OK) return luaL_error(L, "SQLite is in use already");
  memory_strike()->nth = luaL_checkinteger(L, 1);
  return 0;
}

static int faults_allocations(lua_State *L) {
  lua_pushinteger(L, memory_strike()->count);
  return 1;
}

static int64_t *number_in(lua_State *L, const char *name) {
  void *module = dlopen(luaL_checkstring(L, 1), RTLD_NOW);
  int64_t *number = module ? dlsym(module, name) : NULL;
  if (!number) luaL_error(L, "%s is not in this module", name);
  return number;
}

// faults.starve(path, nth): the engine's own allocation that fails in the module at path;
// faults.starved(path): how many there were.
static int faults_starve(lua_State *L) {
  *number_in(L, "starved_count") = 0;
  *number_in(L, "starved_nth") = luaL_checkinteger(L, 2);
  return 0;
}

static int faults_starved(lua_State *L) {
  lua_pushinteger(L, *number_in(L, "starved_count"));
  return 1;
}

int luaopen_afterward_faults(lua_State *L);

int luaopen_afterward_faults(lua_State *L) {
  static const luaL_Reg functions[] = {{"note", faults_note},
                                       {"noted", faults_noted},
                                       {"apart", faults_apart},
                                       {"disk", faults_disk},
                                       {"operations", faults_operations},
                                       {"memory", faults_memory},
                                       {"allocations", faults_allocations},
                                       {"starve", faults_starve},
                                       {"starved", faults_starved},
                                       {NULL, NULL}};
  if (!notes)
    notes = mmap(NULL, NOTES * sizeof *notes, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (notes == MAP_FAILED) return luaL_error(L, "no shared memory");
  luaL_newlib(L, functions);
  return 1;
}
