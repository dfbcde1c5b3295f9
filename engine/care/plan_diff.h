// What a candidate's schedules would change: per pathway, which steps appear, move,
// vanish, and how many live enrollments have such a step ahead of them. In slices; reads
// only.
#pragma once

#include "care/care.h"

struct plan_diff;

// before and after: definitions, kind → id → body; copied. NULL with a sentence when the
// candidate's schedules do not fit.
struct plan_diff *plan_diff_new(struct care *care, const char *department,
                                const struct value *before, const struct value *after,
                                struct status *status);
// Goes on for so many ms. True while there is more.
bool plan_diff_step(struct plan_diff *diff, int ms);
// Appends an encoded list of { change, enrollments, id, steps = [{ after, before, change,
// enrollments, id }] }, changed pathways only. change of a pathway: new gone changed, or
// code: only what its steps do; of a step: new gone moved changed (how late it may begin,
// or who gets it then).
void plan_diff_put(const struct plan_diff *diff, struct buf *out);
void plan_diff_free(struct plan_diff *diff);
