// The types that api.lua names, for values that a call was given.
#pragma once

#include "script/context.h"

// Whether a value fits a type ("span|time"); else why says what it must be. why comes
// empty.
bool type_fits(struct context *context, const char *type, const struct value *value,
               struct buf *why);
