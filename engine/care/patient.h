// Patients, and what events do to them, in C alone, within one commit.
#pragma once

#include "care/care.h"
#include "care/contact.h"      // patient_opt_out
#include "care/event_check.h"  // event_check

// Inbox "event": patient admission discharge transfer procedure diagnosis drug
// observation appointment death merge contact birth-loss cancel-admission
// cancel-discharge; with it contact_handlers.
void event_handlers(struct care *care);
// Death from any source: within this commit all that is addressed to the patient ends
// (SCRIPTING rule 7). Once; an earlier time that comes later is kept.
void patient_died(struct care *care, int64_t patient, int64_t at, const char *source);
// One patient under two numbers: everything of from belongs to into.
void patient_merge(struct care *care, int64_t from, int64_t into);
// Within the event's commit: takes the merge back by which the one with the number mrn
// became the patient into, and gives them in gone. Each has again what was theirs, what
// was double goes on; what has come since stays with the stay or follow-up that it
// belongs to, all else with into (patient_unmerge.c).
int patient_unmerge(struct care *care, const char *mrn, int64_t into, int64_t *gone,
                    struct status *status);
int64_t patient_by_mrn(struct care *care, const char *mrn);
// The patient of a checked patient map, made or brought up to date. correct: a differing
// name or birth date is a correction, else it is doubtful and refused. replace: numbers
// and contacts not listed go.
struct patient_in {
  int64_t id;
  bool newcomer;     // made by this: nothing of it is in the database yet
  const char *flag;  // the worst flag of the numbers; NULL
};
int patient_put(struct care *care, const struct value *map, bool correct, bool replace,
                struct patient_in *out, struct status *status);
