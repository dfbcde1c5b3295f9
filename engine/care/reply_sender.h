// Who wrote, and to which of our messages: everything about one number or account.
#pragma once

#include "care/care.h"

enum { REPLY_SENDERS = 16 };  // patients of one number

struct reply_sender {
  int64_t patient, person;
  bool wrong;       // it was said that the number is somebody else's
  int64_t told_at;  // our last message to this person about this patient; 0: none lately
  char department[64];  // of that message, else of the patient's newest enrollment; may
                        // be ""
};

// The patients whom this identity serves, those last told first. Returns their count.
int reply_senders(struct care *care, int64_t identity, struct reply_sender *out);
// Which of them is meant: the only one, or the only one told lately; -1 when that is not
// plain (WARD 8).
int reply_meant(const struct reply_sender *list, int count);

// May this one of them be meant: told lately, or none was.
bool reply_may_be(const struct reply_sender *list, int at);

struct reply_question {  // the newest that this person was asked and that is still open
  int64_t id, enrollment;
  char *department, *form;  // freed with reply_question_deinit
};
bool reply_question_load(struct care *care, const struct reply_sender *sender,
                         struct reply_question *out);
void reply_question_deinit(struct reply_question *question);
