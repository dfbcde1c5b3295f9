// The calls that ask facts, made for the first time: as op.make in ops.h.
#pragma once

#include "script/context.h"

void reads_read(lua_State *L, struct context *context, const struct call *call);
void reads_rule(lua_State *L, struct context *context, const struct call *call);
void reads_get(lua_State *L, struct context *context, const struct call *call);
void reads_silences(lua_State *L, struct context *context, const struct call *call);
void reads_time(lua_State *L, struct context *context, const struct call *call);
void reads_now(lua_State *L, struct context *context, const struct call *call);
void reads_estimate(lua_State *L, struct context *context, const struct call *call);
void reads_changed(lua_State *L, struct context *context, const struct call *call);
// The level that this turn reopened the case at, 0 when it didn't: the store doesn't know
// of it yet.
int64_t reads_reopened(const struct context *context);
void reads_due(lua_State *L, struct context *context, const struct call *call);
