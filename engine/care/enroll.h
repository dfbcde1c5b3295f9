// Bringing a patient onto a pathway: who may, what happens when the patient is on it
// already, what times count from.
#pragma once

#include "care/care.h"

struct enroll_spec {  // texts borrowed
  int64_t patient, event;
  const char *department, *pathway, *tier;  // tier NULL: none
  const struct value *triaged;              // of a case (case.h); else NULL
};
// Nothing when the same event enrolled already, when `again` says so, or when the patient
// left in a way that a person decides about (WARD 2: then the head nurse gets a task).
void enroll(struct care *care, const struct enroll_spec *spec);
