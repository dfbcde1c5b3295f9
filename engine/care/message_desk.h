// What people decide about messages: whether a text may pass the mass-send limit, and
// what becomes of one in doubt.
#pragma once

#include "care/message_row.h"

// inbox "message.approve" and "message.withdraw" {department,name,by}, and
// "message.resolve" {message,decision,by}, decision "resend" or "drop".
void message_desk_handlers(struct care *care);
