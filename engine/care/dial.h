// Calls that somebody asks a PBX or a voice robot for, and what comes of them: attempts
// and proposals of a result on the call task (WARD 12), or the answers that a robot
// heard.
#pragma once

#include "care/inbox_field.h"
#include "care/message.h"

// Inbox "task.dial" {task, staff, identity, channel, extension} and "dial.result".
void dial_handlers(struct care *care);
// What the channel's first answer means. Becomes durable with the next batch. Copied.
void dial_sent(struct care *care, int64_t dial, const struct channel_result *result);
// What its provider says later, a list of {id, call, code, answers, note, seconds,
// recording}; done is told of the last, once it is committed.
void dial_heard(struct care *care, const char *channel, const struct value *list,
                inbox_done *done, void *self);
// After start: what was being asked for may be ringing, and is not asked for again.
void dial_recover(struct care *care);

struct dial_ringing {    // a call whose end nobody has told
  int64_t since, until;  // until: then it no longer counts
  char by[STAFF_SIZE];
};
// Whether this patient, or whoever has this number, is being rung.
bool dial_is_ringing(struct care *care, int64_t patient, int64_t identity,
                     struct dial_ringing *out);
