// A number as people write it in a short message.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The only number in folded text (base/fold.h), when everything around it is a word that
// changes nothing (体温, 大概, 度). 38.2, 38度2, 三十八度五, 十, 七分.
bool reply_number(const char *text, size_t len, double *out);
