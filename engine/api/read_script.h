// What a caller reads out (WARD 13): who calls, whom to verify, then the program's
// sections.
#pragma once

#include "api/call.h"

// Key "script" of a task about a patient, in the patient's language: {verify, sections:
// [{id, minutes, must_ask, text}]}. Nothing for other tasks.
void put_call_script(struct call *call, struct json *json, int64_t task);
