// Lines that a script's author types, run in a bundle's sandbox over a patient's facts:
// f, rules by name, forms by name. Nothing can be changed.
#pragma once

#include "script/bundle.h"
#include "script/facts.h"

// Runs one line, an expression or a statement; what it gives is appended to shown, a line
// each value. Variables stay for the next line. On failure the text is what a script's
// author would see, with the place.
int console_run(struct bundle *bundle, const struct facts *facts, const char *line,
                struct buf *shown, struct status *status);
