// What people decide about a text to very many: whether it may pass the mass-send limit.
#pragma once

#include "care/message_row.h"

// inbox "message.approve" and "message.withdraw" {department,name,by}.
void message_desk_handlers(struct care *care);
