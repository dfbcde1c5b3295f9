// What a PBX or a robot says of a call.
#pragma once

#include "care/care.h"

void dial_result_handlers(struct care *care);  // inbox "dial.result"
