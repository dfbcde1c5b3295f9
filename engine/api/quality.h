// Samples of what staff did, heard and read by somebody else.
#pragma once

#include "api/call.h"

void quality_list(struct call *call);  // department month who
void quality_draw(struct call *call);  // department month role form reply_form
// "quality": of a task that is a sample, or of which one was drawn; else nothing.
void put_quality(struct call *call, struct json *json, int64_t task);
