// Feedback that comes by no event from outside: a low mark, words in a reply or to a
// robot. It is recorded as the event "feedback" is, under a number of its own.
#pragma once

#include "care/care.h"

struct merge;

struct feedback_said {
  int64_t sender, about, at, encounter;  // about, encounter: 0, nobody knows
  const char *channel, *text;
  const char *sure, *stay_sure;  // how it is known whom and which stay it is about
  struct merge *more;            // further facts, which this frees; may be NULL
};
void feedback_said(struct care *care, const struct feedback_said *said);

// Whoever sends is addressed as a patient is, for that case: also a daughter.
void feedback_addressable(struct care *care, int64_t person);
// Somebody whom nobody knows: of name, phone and wechat what the map has.
int64_t feedback_stranger(struct care *care, const struct value *sender);
// The one patient whose number or account this is, or whose contact's; 0 when there is
// none, or more than one.
int64_t feedback_about(struct care *care, const char *kind, const char *value);
// The stay there is no doubt about: the only one of the last month; 0: none.
int64_t feedback_stay(struct care *care, int64_t patient, int64_t at);
