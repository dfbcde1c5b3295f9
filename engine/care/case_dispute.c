#include "care/case_dispute.h"

bool case_is_dispute(struct care *care, int64_t enrollment) {
  struct buf field = {0};
  struct value view;
  case_field(care, enrollment, 0, "urgency", &field);
  value_read(field.data, field.len, &view);
  bool is = value_is(&view, "dispute");
  buf_deinit(&field);
  return is;
}

#define THEIRS                                                                \
  "id IN (SELECT sender FROM case_file WHERE enrollment=?1 UNION ALL SELECT " \
  "patient FROM case_file WHERE enrollment=?1)"
// Another case of that patient whose last word on it is that it is a dispute.
#define ELSEWHERE                                                                     \
  "EXISTS (SELECT 1 FROM case_file c WHERE c.enrollment<>?1 AND (c.sender=patient.id" \
  " OR c.patient=patient.id) AND 'dispute'=(SELECT what FROM case_step s WHERE"       \
  " s.enrollment=c.enrollment AND what IN ('dispute','no-dispute') ORDER BY s.id"     \
  " DESC LIMIT 1))"

void case_dispute(struct care *care, int64_t enrollment, bool is, const char *who) {
  if (is)
    store_exec(care->store,
               "UPDATE patient SET disputed_at=?2, revision=revision+1 WHERE " THEIRS
               " AND disputed_at IS NULL",
               "ii", enrollment, kernel_now(care->kernel));
  else
    store_exec(care->store,
               "UPDATE patient SET disputed_at=NULL, revision=revision+1 WHERE " THEIRS
               " AND NOT " ELSEWHERE,
               "i", enrollment);
  case_step(care, enrollment, is ? "dispute" : "no-dispute", who, NULL);
}
