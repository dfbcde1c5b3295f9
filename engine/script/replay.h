// Holding a run against its journal: position, operation and label must agree.
#pragma once

#include "script/context.h"

// Whether the call being made (context->op, context->label) has been made in an earlier
// turn.
bool replay_goes_on(const struct context *context);
// Whether the next record is of this kind and the call's own.
bool replay_matches(lua_State *L, const struct context *context, enum record_kind kind);
// Past the next record, whose value it gives; a record that disagrees ends the turn, a
// recorded misuse is raised again.
struct value replay_next(lua_State *L, struct context *context, enum record_kind kind);
// Past the outcome of the wait just replayed: pushes value and why, gives their count.
int replay_outcome(lua_State *L, struct context *context);
