// What an event says about itself: has_procedure, has_diagnosis, has_order, has_drug.
#pragma once

#include <lua.h>

// Gives the table on top of the stack, an event's fields, these methods. Each takes codes
// or names: a code matches by its beginning, dots and case ignored, a name where it is
// contained.
void event_add_methods(lua_State *L);
