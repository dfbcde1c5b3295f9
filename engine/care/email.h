// E-mail addresses as a mail server takes them without SMTPUTF8.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { EMAIL_MOST = 254, EMAIL_LOCAL_MOST = 64 };  // RFC 5321

// One plain address, name@example.org: no display name, quotes, brackets, list, or bytes
// beyond ASCII; a host name of two labels at least.
bool email_is_plain(const char *text, size_t len);
