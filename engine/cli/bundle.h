// A department's scripts on the terminal.
#pragma once

#include "base/value.h"
#include "cli/cli.h"

// What is active, what its files are, what was found, and what the change did to live
// runs.
void cli_bundle_tell(const struct cli *cli, const struct value *bundle);
// The same with the versions it had.
void cli_bundle_tell_all(const struct cli *cli, const struct value *bundle);
