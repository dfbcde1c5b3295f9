// An ask or a send by rungs: one channel, or a call, after the other, each with its time.
// A rung is left when its channel can't or won't, when no receipt comes, and when nobody
// reads or answers what it brought. Any rung's answer, or of a send any arrival, ends it.
#pragma once

#include "care/sending.h"

void ladder_handlers(struct care *care);  // WORK_LADDER
// Whether `via` names rungs: a time for one, or a call.
bool ladder_wanted(const struct value *via);

// Begins with its first rung; the run waits already.
void ladder_start(struct care *care, const struct sending *sending);

// Of a message that may be a rung's: what message_settled says of it (false: it is
// none's), a hold, a doubt, a receipt.
bool ladder_settled(struct care *care, int64_t message, const char *outcome);
void ladder_held(struct care *care, int64_t message, const char *reason);
void ladder_doubted(struct care *care, int64_t message);
void ladder_delivered(struct care *care, int64_t message);
// Its rung was left: it is not sent any more.
bool ladder_has_left(struct care *care, int64_t message);
// A task that may be a rung's was closed.
void ladder_task_closed(struct care *care, int64_t task);
// The question is answered, closed or asked anew.
#define LADDER_ASKED_AGAIN "asked-again"
void ladder_close(struct care *care, int64_t question, const char *reason);
// The run's wait for the question is over: "silent", or "no-receipt" where nothing says
// that any rung's message arrived.
const char *ladder_silence(struct care *care, int64_t question, int64_t run);
