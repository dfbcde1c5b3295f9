// Checks what a call was given against its description in api.lua.
#pragma once

#include "script/context.h"

// Encodes the parameters from Lua's stack into context->given and checks them; misuse
// raises with the argument's number, the key, and the right word when one is near.
void check_arguments(lua_State *L, struct context *context, const struct call *call);
