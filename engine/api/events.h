// POST /api/v1/events: what hospital systems tell, answered after the commit.
#pragma once

#include "api/call.h"

void events_read(struct call *call);  // checks them and leaves them in call->posting
void events_post(struct call *call);
void events_free(struct posting *posting);  // never posted; may be NULL
