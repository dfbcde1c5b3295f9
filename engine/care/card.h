// The code on a patient's discharge card: it opens, with the birth date, whatever the
// patient is asked at that time, for as long as the card is kept.
#pragma once

#include "care/care.h"

enum { CARD_CODE_SIZE = 10 };  // nine digits, one more than a question's code, and a NUL

// Inbox "card.make": {by, patient}. The patient's code, drawn at the first time, and who
// printed it in the audit. Result: {code}.
void card_handlers(struct care *care);
int64_t card_patient(struct care *care, const char *code);  // 0 when there is none
