// What --help prints.
#pragma once

#include "cli/cli.h"

extern const struct cli_option cli_common_options[];  // of every command
void cli_help(const struct cli_command *command);
void cli_help_all(const struct cli_command *const *commands);
