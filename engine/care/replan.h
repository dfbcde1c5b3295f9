// Planning again: when a department's schedule has changed, its enrollments are looked at
// in the background, soonest first, in works of some milliseconds. Only what would come
// too late is written: who is due earlier by the new schedule, or has something ahead for
// the first time. Everybody else's row comes when it comes: firing looks at the newest
// schedule.
#pragma once

#include "care/care.h"

struct enrollment;

// Within a transaction: what the schedule has before `at` is past for those enrolled.
void replan_begin(struct care *care, const char *department, int64_t at);
// The moment up to which an active enrollment's occurrences are dealt with: its cursor,
// or when the schedule changed. since: of the department's change, 0 for none.
int64_t replan_cursor(const struct enrollment *enrollment, int64_t since);
// Whether enrollments of the department (NULL: of any) are still being looked at.
bool replan_busy(struct care *care, const char *department);
void replan_handlers(struct care *care);

// What one schedule has that another has not, as a digest of all that decides when
// something is due: equal ones need no planning again. definitions: kind → id → body.
void replan_digest(const struct value *definitions, const char *department, char out[33]);
