// Consent of one patient and one person (WARD 7): to a class of messages, a channel, both
// or all, with who kept it, when, and how it was given. Nothing kept means that what
// belongs to care may be sent, and marketing may not.
#pragma once

#include "care/care.h"

// Inbox "consent": {by, channel, class, given, how, patient, person}. class and channel
// may be absent: all; person absent: the patient. how: "signed", "spoken", "phone",
// "page".
void consent_handlers(struct care *care);
// The same within what is being applied; body as above.
int consent_take(struct care *care, const struct value *body, struct status *status);
// May a message of this class go to this person about this patient on this channel? What
// is said of both wins over what is said of one; among the rest a refusal wins.
bool consent_given(struct care *care, int64_t patient, int64_t person, const char *class_,
                   const char *channel);
// One patient under two numbers: refusals stay, whichever of the two they were told to.
void consent_merge(struct care *care, int64_t from, int64_t into);
