// One run on the terminal.
#pragma once

#include "base/buf.h"
#include "cli/cli.h"

struct value;

int cli_run_show(struct cli *cli);
int cli_run_replay(struct cli *cli);
// What an entry of its record says, of { kind, op, label, value, why, version }:
// "ask wound-check  within 24h", "→ temp 38.5", "→ nothing: silent".
void cli_run_describe(struct buf *out, const struct value *entry);
