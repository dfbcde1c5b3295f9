// What the daemon gives as a file, such as a photo or a card to print.
#pragma once

#include "cli/cli.h"

// GETs path and writes the bytes as they come to --output, or to stdout without it. A
// file that is there is written over, but only by a whole one. Gives an exit code.
int cli_save(const struct cli *cli, const char *path);
