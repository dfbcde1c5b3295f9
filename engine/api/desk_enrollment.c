// What staff do with what is ahead of one patient on one pathway.
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "care/mapping.h"

static int64_t find(struct call *call) {
  int64_t id = store_int(
      call->care->store, 0,
      "SELECT id FROM enrollment WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
      "ti", access_departments(call), call_row(call, 1, 'e'));
  if (!id) call_problem(call, 404, "there is no such enrollment among those you see");
  return id;
}

void desk_enrollment(struct call *call) {
  struct merge more = {0};
  int64_t id = find(call);
  if (!id) return;
  merge_int(&more, "enrollment", id);
  merge_text(&more, "staff", call->caller->staff);
  desk_submit(call, strcmp(call->segments[2], "skip") ? "step.unskip" : "step.skip", 'e',
              id, &more);
}
