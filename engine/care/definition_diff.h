// What one version of a department's scripts declares otherwise than another: everything
// but schedules, which plan_diff.h compares.
#pragma once

#include "base/value.h"

// Appends an encoded list of { change, id, kind }, by kind and id. change: new, gone,
// changed, or code: declared the same, in a file or with a module that changed. before
// and after: definitions, kind → id → body.
void definition_diff(const struct value *before, const struct value *after,
                     struct buf *out);
// Whether two bodies say the same, place and hash apart.
bool definition_same(const struct value *before, const struct value *after);
bool definition_same_code(const struct value *before, const struct value *after);
