// The sandbox: a Lua state of a department's own in which hostile scripts can do no more
// than end in a clear error within their share of time and memory.
//
// How the host uses it:
//   sb = sandbox_open(NULL); L = sandbox_state(sb);
//   load:  sandbox_turn(sb, 1000, 0); sandbox_push_env(L); env = lua_gettop(L);
//          push a C or Lua function, lua_setfield(L, env, "require");
//          lua_pushvalue(L, env); sandbox_compile(L, text, len, "ortho/hip.lua",
//          &status); sandbox_call(L, 0, 1, &status) leaves the declaration;
//          sandbox_seal(L, env, -1, "pathway", &seal, &status).
//   turn:  sandbox_turn(sb, 0, seed_of_the_run);
//          co = lua_newthread(L); push function and arguments on co;
//          sandbox_resume(co, L, nargs, &nresults, &status) until it isn't YIELDED;
//          sandbox_seal_check(L, seal, &status).
// Scripts have no print, coroutine, string.pack or math.randomseed either. A metatable
// may not have __gc, __mode, __close or __concat: they run at the collector's time or
// while an ended run unwinds. `<close>` variables are not closed when a run fails or is
// ended. Host functions are plain lua_CFunctions: they may raise, and wait by lua_yieldk,
// also through a script's pcall. A table that the host shares (the `afterward` module) is
// made read-only by sandbox_freeze. One thread; sandboxes don't touch each other.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
  SANDBOX_TURN_MS = 50,               // default budget of a turn
  SANDBOX_MEMORY = 32 * 1024 * 1024,  // default soft cap of a state, bytes
  SANDBOX_TEXT = 1024 * 1024,         // longest text a script can make, bytes
  SANDBOX_SOURCE = 1024 * 1024,       // longest source of a file
  SANDBOX_LOAD = 128 * 1024,          // longest source given to `load`
};

struct sandbox;

// Told of each line of a script as it begins: how specs measure coverage. NULL costs
// nothing.
struct line_watch {
  void (*met)(void *ctx, const char *file, int line);
  void *ctx;
};

struct sandbox_limits {
  size_t memory;  // soft cap in bytes; 0 is SANDBOX_MEMORY
  int turn_ms;    // milliseconds of processor time a turn; 0 is SANDBOX_TURN_MS
  const struct line_watch *lines;  // borrowed, or NULL
};

enum sandbox_result {
  SANDBOX_DONE,         // returned; results are on the stack
  SANDBOX_YIELDED,      // waits: a host function yielded; its values are on the stack
  SANDBOX_FAILED,       // a script error: "ortho/hip.lua:12: …"
  SANDBOX_ENDED,        // a host function ended the run with sandbox_end
  SANDBOX_OVER_TIME,    // a breach: the turn's time is used up
  SANDBOX_OVER_MEMORY,  // a breach: the state's memory is used up
};

struct sandbox *sandbox_open(const struct sandbox_limits *limits);  // NULL: all defaults
void sandbox_close(struct sandbox *sandbox);
lua_State *sandbox_state(struct sandbox *sandbox);          // the main thread, borrowed
struct sandbox *sandbox_of(lua_State *L);                   // from any of its threads
size_t sandbox_memory_used(const struct sandbox *sandbox);  // bytes

// Begins a turn: a fresh budget of ms (0: the default), no breach, math.random seeded.
// Everything run until the next sandbox_turn shares the budget.
void sandbox_turn(struct sandbox *sandbox, int ms, uint64_t seed);

// math.random's state, lent to what must not disturb a run's sequence: seeded anew, and
// afterwards as it was.
struct sandbox_random {
  uint64_t state[2];
};
struct sandbox_random sandbox_random_lend(struct sandbox *sandbox, uint64_t seed);
void sandbox_random_return(struct sandbox *sandbox, const struct sandbox_random *kept);

// Pushes a new environment with the safe globals; one for each set of files that is
// loaded and sealed together. The host may add fields (`require`) before sealing. `load`
// in it compiles into this environment.
void sandbox_push_env(lua_State *L);

// Compiles text; pops the environment on top and pushes the function. On failure pops the
// environment, pushes nothing, and the text is "ortho/hip.lua:3: …". Never raises.
int sandbox_compile(lua_State *L, const char *text, size_t len, const char *name,
                    struct status *status);

// Calls the function below nargs arguments, like lua_pcall; for rules, guards and files,
// which cannot wait. On DONE nresults results are on the stack, else nothing is, and the
// text (no address in it) is in status. Never raises. May be called by a host function
// during a turn; after ENDED, OVER_TIME or OVER_MEMORY that must then call
// sandbox_rethrow.
enum sandbox_result sandbox_call(lua_State *L, int nargs, int nresults,
                                 struct status *status);

// Starts (function and nargs arguments on co's stack) or goes on with (nargs values,
// which become the results of the wait) a coroutine made by lua_newthread. On DONE and
// YIELDED nresults values are on top of co's stack for the host to pop; otherwise the
// thread is at its end: drop it. Never raises. from is the thread that calls, as in
// lua_resume.
enum sandbox_result sandbox_resume(lua_State *co, lua_State *from, int nargs,
                                   int *nresults, struct status *status);

// For host functions. Ends the run for a reason that no pcall can swallow (a cancelled
// run, a replay that doesn't match); sandbox_resume returns ENDED with the sentence.
// Raises.
int sandbox_end(lua_State *L, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Raises again what already ended this turn, if anything did; else returns 0.
int sandbox_rethrow(lua_State *L);
// Says that work units (about bytes, or items) are being done in C where no instruction
// is counted; raises when the budget is used up.
void sandbox_charge(lua_State *L, size_t work);
// luaL_error with "file:line: " of the nearest Lua function, even below C functions.
int sandbox_error(lua_State *L, const char *format, ...);
// tostring without addresses: pushes the text and returns it. May raise (__tostring).
const char *sandbox_tostring(lua_State *L, int index, size_t *len);

// Makes read-only every table reachable from the value at index (through tables, keys,
// metatables and upvalues of Lua functions); their identity stays. Tables already frozen
// are left alone. Assigning raises "ortho/hip.lua:12: NAME.key is read-only after load:
// keep state with p:set". Fails (ERR_INVALID) on what has a state of its own: a gmatch
// iterator, a coroutine, a metatable with __gc, __mode, __close or __concat. Never
// raises.
int sandbox_freeze(lua_State *L, int index, const char *name, struct status *status);

// sandbox_freeze for an environment and the value at root that its files returned, and
// remembers every upvalue met. *seal is for the two below.
int sandbox_seal(lua_State *L, int env, int root, const char *name, int *seal,
                 struct status *status);
// After each turn: OK, or ERR_INVALID with "the top-level variable NAME (ortho/hip.lua)
// was assigned in a run: keep state with p:set", and all are as they were at the seal.
// Never raises.
int sandbox_seal_check(lua_State *L, int seal, struct status *status);
void sandbox_seal_drop(lua_State *L, int seal);  // forgets; the tables stay read-only

// Pushes the table that a frozen table at index stands for, for reading alone, and
// returns true; pushes nothing and returns false when the value is no frozen table.
bool sandbox_push_frozen(lua_State *L, int index);
