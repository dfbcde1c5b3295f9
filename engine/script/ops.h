// What each call of a run makes when it is done for the first time.
#pragma once

#include "script/context.h"

struct op {
  const char *name;
  enum record_kind kind;
  // Checks the arguments (misuse raises) and puts into context->made the encoded
  // arguments of a command, or what was read.
  void (*make)(lua_State *L, struct context *context, const struct call *call);
};

const struct op *op_find(
    const char *name);  // NULL: api.lua names a call that C doesn't know

// ms of a moment, or of a time expression counted from base (0: now); misuse raises, and
// what names the argument.
int64_t ops_moment(lua_State *L, struct context *context, const struct value *when,
                   int64_t base, const char *what);
