// What p and f stand for: one turn's, or one callback's, hold on journal, facts and
// records. Known to the files of turns and callbacks alone.
#pragma once

#include <lua.h>
#include <stdbool.h>

#include "script/calls.h"
#include "script/facts.h"
#include "script/records.h"
#include "script/turn.h"

enum { OWN_TASKS = 2 };  // user value of p: ids of the run's tasks as keys
enum { CALL_PARAMS = 4, RECORD_MOST = 64 * 1024 };  // bytes of a record's value

struct context {
  struct bundle *bundle;
  const struct calls *calls;
  const struct facts *facts;
  const struct turn_input *input;  // NULL in a callback
  struct turn_output *out;         // NULL in a callback, which records nothing
  struct journal journal;
  bool over;          // the end is known: nothing more may be done
  const char *op;     // the call being made, for messages and records
  const char *label;  // NULL: none; on Lua's stack
  size_t label_len;
  int count;                                // arguments it was given, self among them
  struct value given[CALL_PARAMS];          // its parameters, encoded in `arguments`
  struct buf arguments, made, shown, text;  // freed by context_deinit
  struct value passed;                      // of the command just replayed
  int64_t version;  // of the rule just read, for its record; 0: none
  struct status status;
};

// Pushes p or f, which must stay on the stack until context_deinit.
void context_push(lua_State *L, struct context *context, struct context ***handle);
void context_deinit(struct context *context, struct context **handle);

// Adds a record of the call being made, but in a callback; may end the turn at the limit.
void context_record(lua_State *L, struct context *context, enum record_kind kind,
                    const char *op, const struct value *value);
// These raise. A misuse is a script's error, journalled for replays of scripts that catch
// it.
int context_misuse(lua_State *L, struct context *context, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Ends the turn so that no pcall goes on; the cause gets ` (ortho/hip.lua:12)`.
int context_end(lua_State *L, struct context *context, enum turn_end end,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
// Behind the journal's end: ends a turn that only replays.
void context_stop_replay(lua_State *L, struct context *context);
// Tells input->trace where the record just passed was made.
void context_trace(lua_State *L, struct context *context);
// Pushes a value for the script.
void context_push_value(lua_State *L, struct context *context, const struct value *value);
