// Who handles a case: they alone see whom it is about (B1, privacy).
#pragma once

#include "care/care.h"

enum case_part {
  CASE_OUTSIDE,
  CASE_HELPER,    // has, had or may take work on it: the lead, the departments beside it
  CASE_RECEIVER,  // who took it in and stays responsible
  CASE_OFFICE  // the post that its triage names for what nobody received, and its heads
};

enum case_part case_part_of(struct care *care, int64_t enrollment, const char *staff);
const char *case_part_word(enum case_part part);  // "outside", "helper" …
// Whose sender nobody is to find out: the item said so.
bool case_is_anonymous(struct care *care, int64_t enrollment);
