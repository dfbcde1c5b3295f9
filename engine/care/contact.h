// Whom to reach for a patient, and who wants no messages: everything here belongs to one
// patient and one person (WARD 7).
#pragma once

#include "care/care.h"

void contact_handlers(struct care *care);  // inbox "opt-out", "opt-in"; and proof.h's
// The patient is a contact too.
void contact_add_self(struct care *care, int64_t patient);
// Puts the listed contacts, in order. A person known by name and number is not doubled.
// replace: those not listed go, unless they opted out or bound an account. newcomer: the
// patient has none yet. The worst flag of the numbers, or NULL.
const char *contact_put_all(struct care *care, int64_t patient, bool newcomer,
                            const struct value *list, bool replace);
// New numbers: what was found out about the old ones is over.
void contact_number_changed(struct care *care, int64_t person);
// The number or account is somebody else's: it is not used again, nor is this contact of
// the patient when it has no other. person 0: whose the identity is. by: how that is
// known.
void contact_number_wrong(struct care *care, int64_t patient, int64_t person,
                          int64_t identity, const char *by);
// Who wants no messages, or wants them again.
struct opting {
  int64_t patient;
  int64_t person;          // 0: all contacts
  const char *department;  // of this one alone; NULL: of all
  const char *by;          // NULL: the patient
};
// Ends the asks that go to them; audited.
void patient_opt_out(struct care *care, const struct opting *opting);
// Of all also ends what was wished of one department.
void patient_opt_in(struct care *care, const struct opting *opting);
