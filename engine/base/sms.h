// How many short messages a text takes, as gateways count (GSM 03.38).
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sms_size {
  int units;  // septets of GSM-7, or 16-bit units of UCS-2
  int parts;  // short messages: 160 or 70 units in one, 153 or 67 in each of several
  int each;   // units that fit into each of them
  bool gsm;   // every character is GSM-7's
};

struct sms_size sms_size_of(const char *text,
                            size_t len);  // UTF-8; the signature is in it
