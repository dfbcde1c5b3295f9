// The order of channels for one person and one patient: what the person wants goes first,
// then, of the old, texts and calls before all else, then the order that was given.
#pragma once

#include "care/care.h"

void prefer_handlers(struct care *care);  // inbox "prefer"
// What may be wanted, ended by NULL: phone is a call.
extern const char *const prefer_channels[];
enum { PREFER_MOST = 5 };
// A list of channels; an empty one: no wish. Nil says nothing.
void prefer_set(struct care *care, int64_t patient, int64_t person,
                const struct value *list);

struct preference {
  char wants[128];  // "sms,phone"; "": nobody asked
  bool elder;       // the patient, from the department's elder_age on
};
// age: the patient's, who is written to; below 0 for anybody else, and where it is not
// known. wants may be NULL.
void preference_init(struct preference *out, struct care *care, const char *department,
                     int age, const char *wants);
// Of whom an audience ("patient", "family", a person's number) reaches first.
// The person whom it reaches first; 0: there is none.
int64_t preference_find(struct preference *out, struct care *care, const char *department,
                        int64_t patient, const char *audience);
// Lower goes first; the same: in the order given.
int preference_rank(const struct preference *preference, const char *channel, size_t len);
// Of a list "wechat,sms" apart by commas, in this order.
void preference_sort(const struct preference *preference, const char *list, char *out,
                     size_t size);
