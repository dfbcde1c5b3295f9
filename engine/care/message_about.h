// What a message depends on beyond itself: its patient, its enrollment, its question.
// Read at once, because every message asks for all of it when it is dispatched.
#pragma once

#include "base/zone.h"
#include "care/care.h"

struct message;

struct message_about {
  bool known, dead, disputed, english;
  int64_t merged_into;                     // 0: not merged
  char disclosure[12], sex[8], birth[11];  // "" where not said
  char enrollment[8], question[10];        // their status; "" when there is none
  const struct zone *zone;                 // the patient's, else the department's
};

// Read at the first call, and again after message_about_forget. Belongs to the message.
const struct message_about *message_about(struct care *care,
                                          const struct message *message);
void message_about_forget(struct message *message);
