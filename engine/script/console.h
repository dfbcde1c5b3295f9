// Lines that a script's author types, run in a bundle's sandbox over a patient's facts:
// f, rules by name, forms by name. Nothing can be changed.
#pragma once

#include "script/bundle.h"
#include "script/facts.h"

// Runs an expression or statements; what is printed and what an expression gives is
// appended to shown, a line each. Variables stay for the next, unless they are local. On
// failure the text is what a script's author would see, with the place; *unfinished says
// that only the end is missing.
int console_run(struct bundle *bundle, const struct facts *facts, const char *line,
                struct buf *shown, bool *unfinished, struct status *status);
