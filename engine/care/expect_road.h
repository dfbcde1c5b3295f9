// By which road an ask or a send would go if it were sent now.
#pragma once

#include "care/sending.h"

struct road {          // texts owned
  char channel[32];    // of its first rung; "": nobody is reached
  char *class_, *to;   // to: the audience
  char *person;        // the contact's relation; NULL: the patient
  const char *reason;  // why nobody is
};

void road_find(struct care *care, const struct sending *sending, struct road *out);
void road_deinit(struct road *road);
