// The gate that every message passes at dispatch: what no script can turn off.
#pragma once

#include "care/message_row.h"

enum gate_verdict { GATE_GO, GATE_HOLD, GATE_END };

struct gate {
  enum gate_verdict verdict;
  const char *status;  // END: suppressed cancelled failed
  const char *reason;  // HOLD and END; a literal
  int64_t until;       // HOLD: look again then; never past the message's validity
  int64_t person;      // GO: whom; 0 for staff
  int64_t identity;    // GO: identity.id of the address; 0 for staff
  char channel[32];    // GO
};

// Looks at everything again, whatever was found when the message was planned. A merged
// patient's message moves to the survivor.
void message_gate(struct care *care, struct message *message, struct gate *gate);

// The parts, in their order (each in a file of its own). True: go on to the next one.
bool gate_standing(struct care *care, struct message *message, struct gate *gate);
bool gate_addressee(struct care *care, struct message *message, struct gate *gate);
bool gate_disclosure(struct care *care, struct message *message, struct gate *gate);
bool gate_clock(struct care *care, struct message *message, struct gate *gate);
bool gate_hours(struct care *care, struct message *message, struct gate *gate);
bool gate_mass(struct care *care, struct message *message, struct gate *gate);
bool gate_budget(struct care *care, struct message *message, struct gate *gate);

// Is there a road to the addressee that nobody doubts: one where nothing was tried that
// failed, or may have arrived?
bool gate_has_other_road(struct care *care, struct message *message);

// The road of one that was never tried, as it is now: channel, person, identity; or false
// and the reason.
bool gate_first_road(struct care *care, struct message *message, struct gate *gate);

// When a patient in that zone is not left alone any more: now, with reason NULL, or the
// end of "festival" or "quiet-hours".
int64_t message_free_at(struct care *care, const char *department,
                        const struct zone *zone, const char **reason);

// For the parts. Always false.
bool gate_end(struct gate *gate, const char *status, const char *reason);
// Holds until then; past the message's validity it ends as suppressed with that reason.
bool gate_hold(struct gate *gate, const struct message *message, const char *reason,
               int64_t until);
// Without an end of its own: something will wake it, at the latest its expiry.
bool gate_hold_open(struct gate *gate, const struct message *message, const char *reason);
