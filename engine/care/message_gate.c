#include "care/message_gate.h"

#include <string.h>

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
  char status[16] = "closed";
  struct stmt *row = store_query(care->store, "SELECT status FROM question WHERE id=?1",
                                 "i", message->question);
  if (stmt_row(row)) strncpy(status, stmt_text(row, 0), sizeof status - 1);
  stmt_done(row);
  if (strcmp(status, "open") == 0) return true;
  if (strcmp(status, "answered") == 0) return gate_end(gate, "cancelled", "answered");
  if (strcmp(status, "lapsed") == 0) return gate_end(gate, "cancelled", "lapsed");
  return gate_end(gate, "cancelled", "closed");
}

static void follow_merge(struct care *care, struct message *message) {
  int64_t patient = message->patient;
  for (int i = 0; i < MERGES; i++) {
    int64_t next = store_int(care->store, 0,
                             "SELECT merged_into FROM patient WHERE id=?1", "i", patient);
    if (!next) break;
    patient = next;
  }
  if (patient == message->patient) return;
  message->patient = patient;
  store_exec(care->store, "UPDATE message SET patient=?2 WHERE id=?1", "ii", message->id,
             patient);
}

static bool patient_standing(struct care *care, struct message *message,
                             struct gate *gate) {
  struct stmt *row =
      store_query(care->store, "SELECT died_at, disputed_at FROM patient WHERE id=?1",
                  "i", message->patient);
  bool known = stmt_row(row);
  bool dead = known && !stmt_null(row, 0);
  bool disputed = known && !stmt_null(row, 1);
  stmt_done(row);
  if (!known) return gate_end(gate, "suppressed", "no-contact");
  if (dead) return gate_end(gate, "suppressed", "dead");
  if (disputed) return gate_end(gate, "suppressed", "disputed");
  return true;
}

static bool enrollment_standing(struct care *care, struct message *message,
                                struct gate *gate) {
  if (!message->enrollment) return true;
  char status[16] = "ended";
  struct stmt *row = store_query(care->store, "SELECT status FROM enrollment WHERE id=?1",
                                 "i", message->enrollment);
  if (stmt_row(row)) strncpy(status, stmt_text(row, 0), sizeof status - 1);
  stmt_done(row);
  if (strcmp(status, "ended") == 0) return gate_end(gate, "cancelled", "ended");
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
    return gate_end(gate, "suppressed", "expired");
  return true;
}

void message_gate(struct care *care, struct message *message, struct gate *gate) {
  memset(gate, 0, sizeof *gate);
  if (!gate_standing(care, message, gate)) return;
  if (!gate_addressee(care, message, gate)) return;
  bool free_to_go = message_is_safety(message) ||
                    (gate_hours(care, message, gate) && gate_mass(care, message, gate) &&
                     gate_budget(care, message, gate));
  if (free_to_go && !message_is_page(message))
    free_to_go = gate_disclosure(care, message, gate);
  if (free_to_go) gate->verdict = GATE_GO;
}
