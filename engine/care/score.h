// What answers are worth: the points that a form gives to options and to a yes.
#pragma once

#include <stdbool.h>

#include "base/value.h"

// The points of one answer to an item of a form; nil when it gives none.
struct value score_points(const struct value *item, const struct value *given);
// The sum over all items, as a value; false, and nothing put, when the form gives no
// points.
bool score_put(const struct value *form, const struct value *values, struct buf *out);
// The most that it can be.
double score_most(const struct value *form);
