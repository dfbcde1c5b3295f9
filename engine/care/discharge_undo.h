// A discharge that the hospital takes back (取消出院): the stay goes on, and what the
// discharge began ends.
#pragma once

#include "care/care.h"

// Within the event's commit. Its evaluation, if still to come, its enrollments, watches
// and open decisions end ("discharge-cancelled"). An enrollment that it had restarted
// comes back paused, its cursor where it was: at the next discharge it goes on as after
// any stay. What was under way in it stays ended: the ward has the patient in a bed, and
// the page of an old question is closed.
void discharge_undo(struct care *care, int64_t patient, int64_t encounter);
// The same for one event of the patient, with another reason.
void event_undo(struct care *care, int64_t patient, int64_t event, const char *reason);
