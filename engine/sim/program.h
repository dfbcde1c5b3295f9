// The program's commands that play: each is a Lua file in engine/sim/, run in this
// process with the engine in memory.
#pragma once

#include "cli/cli.h"

// Runs engine/sim/<name>.lua, which gives a function of { words, options, host }; its
// number is the exit code. What it raises is told on stderr.
int sim_program_run(struct cli *cli, const char *name);
