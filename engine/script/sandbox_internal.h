// What the sandbox's own files share: the state behind a lua_State, and each part's
// functions for an environment.
#pragma once

#include <lauxlib.h>
#include <lua.h>

#include "script/sandbox.h"
#include "script/slab.h"

struct sandbox {
  lua_State *main;     // owned
  lua_State *running;  // thread whose instructions are counted; NULL between runs
  struct slabs slabs;  // what Lua's memory comes from
  size_t used;         // bytes that Lua holds
  size_t cap;          // soft: passing it ends the run, not the allocation
  size_t work;         // units done in C since the clock was last looked at
  unsigned looks;      // of the hook; the depth is looked at now and then
  int turn_ms;         // default budget
  const struct line_watch *lines;  // borrowed; NULL: only instructions are counted
  int64_t cpu_until;               // end of the turn, ns of this thread's processor time
  int64_t wall_soft;  // before this wall time, ns, processor time can't have run out
  int64_t wall_hard;  // end of the turn even if the machine is busy with others
  bool hurried;       // the hook was brought forward to the next instruction
  enum sandbox_result ended;  // DONE while the turn goes on
  char why[256];              // the sentence that goes with ended
  uint64_t random[2];         // math.random's state
};

// Looks at clock and memory; raises when the turn is over.
void sandbox_check(lua_State *L);
// Marks the turn as over; whoever called raises, or the hook does at the next
// instruction.
void sandbox_mark_ended(struct sandbox *sandbox, enum sandbox_result how,
                        const char *why);
// The nearest Lua function's place; false when none is running.
bool sandbox_where(lua_State *L, lua_Debug *at);
// Counts instructions on L until sandbox_leave gets back what sandbox_enter returned.
lua_State *sandbox_enter(struct sandbox *sandbox, lua_State *L);
void sandbox_leave(struct sandbox *sandbox, lua_State *L, lua_State *before);
void sandbox_seed(struct sandbox *sandbox, uint64_t seed);

// Refuses what is not text or nests too deep for Lua 5.4.4's parser; the text is a
// message with the line, or NULL when the source may be compiled.
const char *sandbox_refuse_source(const char *text, size_t len, int *line);
// lua_load of text with the environment on top, which it pops; pushes function or
// message.
int sandbox_load_text(lua_State *L, const char *text, size_t len, const char *name);

// Functions for the environment on top of the stack.
void sandbox_add_base(lua_State *L);
void sandbox_add_protected_calls(lua_State *L);
void sandbox_add_pairs(lua_State *L);
// Push a library's table.
void sandbox_push_math(lua_State *L);
void sandbox_push_string(lua_State *L);
void sandbox_push_table(lua_State *L);
void sandbox_push_utf8(lua_State *L);
int sandbox_table_sort(lua_State *L);

// C functions that remember where they are: never kept past load.
int sandbox_gmatch_step(lua_State *L);
int sandbox_pairs_step(lua_State *L);

// Copies the named functions of the library at from into the table on top.
void sandbox_copy_functions(lua_State *L, int from, const char *const *names);
// A seal is a table of these; the first four are lists that go together.
enum { SEAL_FUNCTIONS = 1, SEAL_INDEXES, SEAL_NAMES, SEAL_VALUES, SEAL_IDS };
// Freezing inside a protected call: raises a text. seal is the index of the table that
// collects upvalues, or 0.
void sandbox_freeze_all(lua_State *L, int index, const char *name, int seal);
void sandbox_freeze_table(lua_State *L, int table, const char *name);
// Pushes "name.key", "name[3]", or the key alone under an empty name.
void sandbox_push_path(lua_State *L, const char *name, int key);
// Pushes the metatable that a script may see, or nothing and returns false.
bool sandbox_push_metatable(lua_State *L, int index);
// Remembers that the frozen table's contents (on top) act as a metatable for others.
void sandbox_note_metatable(lua_State *L, int frozen);
