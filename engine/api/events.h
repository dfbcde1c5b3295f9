// POST /api/v1/events: what hospital systems tell, answered after the commit.
#pragma once

#include "api/call.h"

void events_read(struct call *call);  // checks them and leaves them in call->posting
// Of a call whose items are no events yet, but become some.
struct event_form {
  const char *list;                                           // the key of a list of them
  void (*make)(const struct value *item, struct buf *event);  // an encoded event
  void (*mend)(char *detail);  // a sentence about the event becomes one about the item
};
void events_read_as(struct call *call, const struct event_form *form);
void events_post(struct call *call);
void events_free(struct posting *posting);  // never posted; may be NULL
