// Runs made to go again: from where they stopped, or from an earlier place of their
// record.
#pragma once

#include "care/care.h"

// A stuck run goes on with its record as it is. In a transaction.
int run_revive(struct care *care, const struct run *run, struct status *status);
// Cuts the record before the last command with this label and goes on from there: what
// was asked and given to staff since is withdrawn. What p:set kept stays. In a
// transaction. ERR_NOT_FOUND names the labels that it has.
int run_reset(struct care *care, const struct run *run, const char *label,
              struct status *status);
