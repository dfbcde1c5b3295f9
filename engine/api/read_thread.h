// What was said between the sender of a case and the hospital, in its order: whoever
// takes it over reads it whole.
#pragma once

#include "api/call.h"

// "thread": [{at, who: sender or hospital, channel, form, text, answer}], into an open
// object.
void put_thread(struct call *call, struct json *json, int64_t enrollment);
