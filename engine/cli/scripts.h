// Scripts on this machine, as commands read them: where they lie, whose they are.
#pragma once

#include "cli/cli.h"

struct bundle;
struct sources;

// Where every command and the daemon look for scripts, for its --help.
#define CLI_SCRIPTS_HELP                                               \
  "the scripts folder: else AFTERWARD_SCRIPTS, ./scripts, or the one " \
  "installed"

// The folder of --scripts, else the usual one (script_folder); borrowed.
const char *cli_scripts(const struct cli *cli);
// Whether a department of this name lies in the folder. Gives an exit code: else the
// reason is told, with the names that there are.
int cli_scripts_has(const struct cli *cli, const char *folder, const char *department);
// Its files; the caller gives sources zeroed and calls sources_deinit. Gives an exit
// code.
int cli_scripts_read(const struct cli *cli, const char *folder, const char *department,
                     struct sources *sources);
// What they make; the caller frees the bundle. Gives an exit code.
int cli_scripts_make(const struct cli *cli, const struct sources *sources,
                     const char *department, struct bundle **out);
// Both.
int cli_scripts_load(const struct cli *cli, const char *folder, const char *department,
                     struct bundle **out);
