// Where a page to staff goes: "staff:<login>" or "role:<role>" to the number on file.
#pragma once

#include "care/message_row.h"

// False when nobody holds the post or no number is on file.
bool message_staff_phone(struct care *care, const struct message *message, char *phone,
                         size_t size);
