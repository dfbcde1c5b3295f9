// Where a page to staff goes: "staff:<login>" or "role:<role>" to what is on file.
#pragma once

#include "care/message_row.h"

enum { STAFF_ADDRESS = 128 };

// The address of a kind ("phone", "wecom"); false when nobody holds the post, or none is
// on file.
bool message_staff_address(struct care *care, const struct message *message,
                           const char *kind, char *out, size_t size);
