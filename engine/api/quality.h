// Samples of what staff did, heard and read by somebody else.
#pragma once

#include "api/call.h"

void quality_list(struct call *call);  // department month who
void quality_draw(struct call *call);  // department month role form
