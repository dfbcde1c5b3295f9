// Planning again: when a department's schedule has changed, its enrollments are looked at
// in the background, soonest first, in works of some milliseconds. Only what would come
// too late is written: who is due earlier than before gets a row in due for that moment,
// a call, beside the row that the enrollment has and keeps (next_at); a call that a newer
// schedule has no use for goes. Everybody else's row comes when it comes: firing looks at
// the newest schedule. That writes along the index and not all over the table: a million
// take seconds.
#pragma once

#include "care/care.h"

struct enrollment;

// Within a transaction: what the schedule has before `at` is past for those enrolled.
void replan_begin(struct care *care, const char *department, int64_t at);
// The moment up to which an enrollment's occurrences are dealt with: its cursor, or,
// while it is active, when the schedule changed (enrollment->since), but nothing that was
// due by the row at `row_at` (0: none) and has not been met.
int64_t replan_cursor(const struct enrollment *enrollment, int64_t row_at);
// The same where it is not known whether a call of its own is due and not met yet.
int64_t replan_cursor_now(struct care *care, const struct enrollment *enrollment);
// Whether enrollments of the department (NULL: of any) are still being looked at.
bool replan_busy(struct care *care, const char *department);
void replan_handlers(struct care *care);

// What one schedule has that another has not, as a digest of all that decides when
// something is due: equal ones need no planning again. definitions: kind → id → body.
void replan_digest(const struct value *definitions, const char *department, char out[33]);
