// Work for the duty post that a reply makes: to read it, to find out whose it is, to mend
// a number.
#pragma once

#include "care/reply_sender.h"

// Replies that nobody has read yet are one task.
void reply_task_read(struct care *care, const struct reply_sender *sender,
                     const char *text);
// The number or account is marked as wrong for this patient, and no more is sent to it.
void reply_task_wrong(struct care *care, const struct reply_sender *sender,
                      int64_t identity, const char *text);
// Somebody rang back and was not heard. Its id, also of one that is open and joined.
#define REPLY_TASK_MISSED "ring-back"
int64_t reply_task_missed(struct care *care, const struct reply_sender *sender,
                          const char *note);
#define REPLY_TASK_WHOSE "whose-reply"
// Several patients share it: the post of who was told last finds out (WARD 8).
void reply_task_whose(struct care *care, const struct reply_sender *list, int count,
                      const char *text);
// A wish for silence was taken for the first of them: the post asks about the others.
void reply_task_others(struct care *care, const struct reply_sender *list, int count,
                       const char *text);
