// Reads a Lua file that returns a table (the daemon's configuration, an import's map) as
// an encoded value.
#pragma once

#include "base/buf.h"
#include "base/status.h"

// Runs the file in a sandbox with one word more: env "NAME" is an environment variable,
// so that secrets can stay out of the file; env("NAME", otherwise) when it may be
// missing. Appends the table to encoded, which stays as it was on failure; the text has
// file and line. Works at once, holds nothing afterwards.
int table_file_read(const char *file, struct buf *encoded, struct status *status);
// The same of a text in memory; name stands in what is said of it.
int table_file_parse(const char *name, const struct buf *text, struct buf *encoded,
                     struct status *status);
