// What staff do with a case through the API.
#pragma once

#include "api/call.h"

// An item that somebody took in by hand: { channel, text, stars, sender, receiver … } and
// patient (id), mrn or visit. Answers with its public number.
void desk_case_new(struct call *call);
// correct { field, value }, transfer { to, reason }, link { patient, reason }, merge
// { into, reason }, extend { clock, reason }, told { solved, satisfied }, publish
// { said, did, place }, unpublish
void desk_case(struct call *call);
// Names, numbers and stay for who is outside its team, with a reason that is kept.
void desk_case_unmask(struct call *call);
void read_unmaskings(struct call *call);  // who, when, which case, why
// The case of the number in the path among those that the caller sees; 0: answered.
int64_t read_case_find(struct call *call);
