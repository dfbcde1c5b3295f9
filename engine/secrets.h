// Secrets that lie in files of their own.
#pragma once

#include "base/value.h"

// Copies settings with every { secret_file = "/etc/afterward/secrets/sms" } in it become
// { secret = its text }. A file that others can read, or that can't be read, is refused:
// the text of the failure names the key, the file and the remedy.
int secrets_read(const struct value *settings, struct buf *out, struct status *status);
