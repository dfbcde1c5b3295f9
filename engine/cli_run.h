// One run on the terminal.
#pragma once

#include "cli.h"
#include "cli_table.h"

struct value;

int cli_run_show(struct cli *cli);
int cli_run_replay(struct cli *cli);
// A line of its record: position, place in the scripts, and what it says of
// { kind, op, label, value, why, version }.
void cli_run_put(struct cli_table *table, const struct value *entry);
