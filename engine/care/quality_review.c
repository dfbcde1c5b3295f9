#include "care/quality_review.h"

#include <math.h>

#include "base/mem.h"
#include "care/score.h"

int quality_refuse_own(struct care *care, int64_t task, const char *staff,
                       struct status *status) {
  if (!store_int(care->store, 0, "SELECT 1 FROM quality_sample WHERE task=?1 AND who=?2",
                 "it", task, staff))
    return OK;
  return status_fail(status, ERR_CONFLICT,
                     "this sample is of your own work, so somebody else has to judge it "
                     "(不得质控本人的随访或答复); pass it on with transfer (转办)");
}

static double points_of(const struct value *form, const struct value *values) {
  struct buf sum = {0};
  struct value view = {0};
  double points = NAN;
  if (score_put(form, values, &sum) && value_read(sum.data, sum.len, &view))
    points = value_real_or(&view, NAN);
  buf_deinit(&sum);
  return points;
}

void quality_keep(struct care *care, int64_t task, const char *department,
                  const char *form, const struct value *values, const char *staff) {
  if (!store_int(care->store, 0, "SELECT 1 FROM quality_sample WHERE task=?1", "i", task))
    return;
  struct value rubric = catalog_find(care->catalog, department, "form", form),
               fake = value_field(values, "fake");
  double points = points_of(&rubric, values);
  store_exec(care->store,
             "UPDATE quality_sample SET score=?2, most=?3, fake=?4, judged_at=?5,"
             " judged_by=?6 WHERE task=?1",
             "iddiit", task, points, isnan(points) ? NAN : score_most(&rubric),
             (int64_t)value_true(&fake), kernel_now(care->kernel), staff);
}
