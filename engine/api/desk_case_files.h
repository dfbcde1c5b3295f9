// What was shown or said with a case: photos and voices.
#pragma once

#include "api/call.h"

// POST: one file as the whole body, ?name= its own name. Answers with its id.
void desk_case_attach(struct call *call);
void read_case_files(struct call *call);  // GET: the list of them
// The same as the value of a key; not whole: none of them, only how many.
void read_case_files_put(struct call *call, struct json *json, const char *number,
                         bool whole);
