// First come, first responsible (首诉负责, WARD 22): who took a case in stays its contact
// to the end, and is never the one whom it complains of.
#pragma once

#include "care/case.h"
#include "care/inbox_field.h"

// Whom to turn to for the case now: its receiver; for one who is off duty the post that
// they hold at other times, whose deputy it then is. "" when it has none.
void case_receiver(struct care *care, int64_t enrollment, char out[STAFF_SIZE]);
// Who has open work of the case now: who claimed it, else its post; after a transfer the
// new one. Nobody: whoever it is to be turned to.
enum { CASE_POSTS_MOST = 8 };
struct case_posts {
  char names[CASE_POSTS_MOST][STAFF_SIZE];
  int count;
};
void case_at_work(struct care *care, int64_t enrollment, struct case_posts *out);
// Whether it complains of this person of the staff: they neither work on it nor are told
// of it. Whoever is praised is another matter.
bool case_accuses(struct care *care, int64_t enrollment, const char *staff);
// The same as a refusal.
int case_refuse_accused(struct care *care, int64_t enrollment, const char *staff,
                        struct status *status);
