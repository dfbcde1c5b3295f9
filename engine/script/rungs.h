// The rungs of `via`, as scripts write them: "sms", { "sms", within = "1d", to = "family"
// }, { "call", role = "nurse", due = "4h" }.
#pragma once

#include "script/context.h"

// Of the options on the stack: rungs that are tables get their channel under a name of
// its own, as what is kept of a call is either a list or has names.
void rungs_name(lua_State *L, int options);
bool rung_fits(const struct value *value);  // a word or a table, which rungs_check reads
// Looks into the rungs of the options. Raises.
void rungs_check(lua_State *L, struct context *context, const struct value *options);
