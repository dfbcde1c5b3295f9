// What the daemon gives as a file, such as a photo or a card to print, and files that it
// is given.
#pragma once

#include "base/buf.h"
#include "cli/cli.h"

// GETs path and writes the bytes as they come to --output, or to stdout without it. A
// file that is there is written over, but only by a whole one. Gives an exit code.
int cli_save(const struct cli *cli, const char *path);
// Appends a file's bytes; "-" is stdin. An empty one is refused. Gives an exit code.
int cli_load(const struct cli *cli, const char *path, struct buf *out);
