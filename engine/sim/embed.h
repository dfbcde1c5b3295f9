// What the program's simulations are written in and play by: Lua files and lists that the
// binary carries.
#pragma once

#include "base/buf.h"
#include "base/embed.h"
#include "base/status.h"

const struct embedded *sim_embed_find(const char *name);  // "model.lua"; NULL: none
// A file of the user's, whole, at most so many bytes; appended to text.
int sim_embed_read(const char *file, size_t most, struct buf *text,
                   struct status *status);
