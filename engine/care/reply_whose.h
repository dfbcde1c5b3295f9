// Of one number's patients the writer is asked which one a reply is about (WARD 8): 1
// 王*兰, 2 李*国. Until there is an answer, a person has it as a task.
#pragma once

#include "care/reply_sender.h"

// Keeps who may be meant with this inbound.id, and asks, unless the department has no
// template "whose-reply" or somebody was just asked.
void reply_whose_ask(struct care *care, int64_t inbound, const struct reply_sender *list,
                     int count);
// A digit that answers such a question of the last day: the earlier inbound.id, with
// *patient; else 0.
int64_t reply_whose_chosen(struct care *care, int64_t identity, const char *text,
                           int64_t *patient);
