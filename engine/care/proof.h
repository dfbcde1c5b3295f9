// Proving a number before the patient leaves (WARD 10): a code that it was sent comes
// back, or it rang at the bedside. A message has an address of its own only to carry such
// a code; it says nothing of the patient, since the number may be anybody's.
#pragma once

#include "care/care.h"

enum { PROOF_MINUTES = 30 };  // for which a code is good

// Inbox "number.code" {by, department, identity, patient}: sends a code to that number,
// one of the patient's or of a contact; department may be absent. Result: {expires_at,
// message}. "number.prove" {by, code, identity, patient}: that code was told to staff;
// with how = "ring" in place of code: it rang at the bedside. "number.typed" {code,
// phone}: whoever has the phone typed it on our page. Result of both: {proved_at}; 422
// for a wrong code, which counts, 410 for one that is over.
void proof_handlers(struct care *care);
// At discharge: when no number of the patient or a contact is proved, the post that the
// department names (prove_numbers) has it as a task.
void proof_discharged(struct care *care, int64_t patient, const char *department);
