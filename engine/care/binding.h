// Accounts, such as WeChat openids, bound to a patient at the bedside (WARD 9): whoever
// scans the code of the patient's card gives the tail of the stay number and the
// relation.
#pragma once

#include "care/care.h"

enum { BINDING_TAIL = 4, BINDING_WRONG_MOST = 5 };

// Inbox "bind" {account, channel, code, phone, relation, tail}: the code is a card's
// (card.h), the account is known to be that of who asks; phone (may be absent) says which
// of the patient's contacts it is, else a new one. Wrong tails count. Result: {patient,
// relation}; 404 422 429 with detail. "unbind" {account, channel, code} or {by, patient,
// person}: the account serves this patient no longer. Result: {ended}, how many.
void binding_handlers(struct care *care);
// An account that left, or came back: it takes nothing meanwhile.
void binding_followed(struct care *care, int64_t identity, bool follows);
// SQL: identity i of person person is not unbound from patient.
#define BINDING_STANDS(patient, person, identity)                                        \
  "NOT EXISTS (SELECT 1 FROM binding b WHERE b.patient=" patient " AND b.person=" person \
  " AND b.identity=" identity " AND b.ended_at IS NOT NULL)"
