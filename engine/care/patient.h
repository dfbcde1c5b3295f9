// Patients, their contacts and identities, and what events do to them, in C alone, within
// one commit.
#pragma once

#include "care/care.h"

void event_handlers(
    struct care *care);  // inbox "event": patient admission discharge transfer procedure
                         // diagnosis drug observation appointment death merge contact
// Checks a JSON event as posted; on success clean gets the canonical body that goes to
// the inbox. Errors name the field and the remedy.
int event_check(const struct value *posted, struct buf *clean, struct status *status);
// Death from any source: within this commit all that is addressed to the patient ends
// (SCRIPTING rule 7).
void patient_died(struct care *care, int64_t patient, int64_t at, const char *source);
void patient_opt_out(struct care *care, int64_t patient, int64_t person,
                     const char *by);  // person 0: all contacts
int64_t patient_by_mrn(struct care *care, const char *mrn);
int patient_age(struct care *care, int64_t patient, int64_t at);  // years, -1 unknown
