#include "care/message_gate.h"

#include <string.h>

#include "care/case.h"
#include "care/ladder.h"
#include "care/line_row.h"
#include "care/message_about.h"

enum { MERGES = 8 };  // of one patient, one after another

bool gate_end(struct gate *gate, const char *status, const char *reason) {
  gate->verdict = GATE_END;
  gate->status = status;
  gate->reason = reason;
  return false;
}

bool gate_hold(struct gate *gate, const struct message *message, const char *reason,
               int64_t until) {
  if (until >= message->valid_until) return gate_end(gate, "suppressed", reason);
  gate->verdict = GATE_HOLD;
  gate->reason = reason;
  gate->until = until;
  return false;
}

bool gate_hold_open(struct gate *gate, const struct message *message,
                    const char *reason) {
  gate->verdict = GATE_HOLD;
  gate->reason = reason;
  gate->until = message->valid_until;
  return false;
}

static bool question_standing(struct care *care, struct message *message,
                              struct gate *gate) {
  if (!message->question) return true;
  const char *status = message_about(care, message)->question;
  if (strcmp(status, "open") == 0) return true;
  if (strcmp(status, "answered") == 0) return gate_end(gate, "cancelled", "answered");
  if (strcmp(status, "lapsed") == 0) return gate_end(gate, "cancelled", "lapsed");
  return gate_end(gate, "cancelled", "closed");
}

static void follow_merge(struct care *care, struct message *message) {
  int64_t next, patient = message->patient;
  for (int i = 0; i < MERGES && (next = message_about(care, message)->merged_into); i++) {
    message->patient = next;
    message_about_forget(message);
  }
  if (patient == message->patient) return;
  store_exec(care->store, "UPDATE message SET patient=?2 WHERE id=?1", "ii", message->id,
             message->patient);
}

static bool patient_standing(struct care *care, struct message *message,
                             struct gate *gate) {
  const struct message_about *about = message_about(care, message);
  if (!about->known) return gate_end(gate, "suppressed", "no-contact");
  if (about->dead) return gate_end(gate, "suppressed", "dead");
  if (about->disputed) return gate_end(gate, "suppressed", "disputed");
  return true;
}

static bool enrollment_standing(struct care *care, struct message *message,
                                struct gate *gate) {
  if (!message->enrollment) return true;
  const char *status = message_about(care, message)->enrollment;
  if (!status[0] || strcmp(status, "ended") == 0)
    return gate_end(gate, "cancelled", "ended");
  if (strcmp(status, "paused") == 0 && strcmp(message->class_, "visit") != 0 &&
      kernel_now(care->kernel) < message->valid_until)
    return gate_hold_open(gate, message, "paused");
  return true;
}

static bool page_standing(struct care *care, struct message *message, struct gate *gate) {
  int64_t closed =
      store_int(care->store, 0, "SELECT status='closed' FROM alert WHERE id=?1", "I",
                message->alert);
  return closed ? gate_end(gate, "cancelled", "closed") : true;
}

bool gate_standing(struct care *care, struct message *message, struct gate *gate) {
  if (message_is_page(message)) {
    if (!page_standing(care, message, gate)) return false;
  } else {
    if (!question_standing(care, message, gate)) return false;
    follow_merge(care, message);
    if (!patient_standing(care, message, gate)) return false;
    if (!enrollment_standing(care, message, gate)) return false;
  }
  if (message->valid_until <= kernel_now(care->kernel))
    return gate_end(gate, "suppressed",
                    line_holds(message) ? line_reason(care, message) : "expired");
  if (message->first && ladder_has_left(care, message->id))
    return gate_end(gate, "cancelled", "next-rung");
  return true;
}

void message_gate(struct care *care, struct message *message, struct gate *gate) {
  memset(gate, 0, sizeof *gate);
  if (!gate_standing(care, message, gate)) return;
  if (!gate_addressee(care, message, gate)) return;
  bool of_case = message->enrollment && case_is(care, message->enrollment);
  bool free_to_go =
      message_is_safety(message) ||
      (gate_clock(care, message, gate) &&
       ((of_case && case_is_talking(care, message->enrollment)) ||
        gate_hours(care, message, gate)) &&
       gate_mass(care, message, gate) &&
       (of_case || gate_budget(care, message, gate)));  // the sender asked for it
  if (free_to_go && !message_is_page(message))
    free_to_go = gate_disclosure(care, message, gate);
  if (free_to_go) gate->verdict = GATE_GO;
}
