#include "care/case_lock.h"

#include "care/case_dispute.h"

int case_lock_check(struct care *care, int64_t enrollment, struct status *status) {
  if (!case_is_dispute(care, enrollment)) return OK;
  return status_fail(
      status, ERR_CONFLICT,
      "医疗纠纷，记录已封存 / a medical dispute: its record is locked, and "
      "only added to, until two persons correct its urgency to something "
      "else");
}

int case_lock_patient(struct care *care, int64_t patient, struct status *status) {
  if (!store_int(care->store, 0, "SELECT disputed_at FROM patient WHERE id=?1", "i",
                 patient))
    return OK;
  return status_fail(status, ERR_CONFLICT,
                     "医疗纠纷，记录已封存 / this patient has a medical dispute: the "
                     "records are locked until two persons correct the urgency of the "
                     "case to something else");
}

bool case_lock_lift(struct care *care, int64_t enrollment, const char *staff,
                    const char *value) {
  bool second = store_int(
      care->store, 0,
      "SELECT 1 FROM case_step WHERE enrollment=?1 AND what='lift-asked' AND who<>?2 AND"
      " detail=?3 AND id>coalesce((SELECT max(id) FROM case_step WHERE enrollment=?1 AND"
      " what='dispute'),0) LIMIT 1",
      "itt", enrollment, staff, value);
  if (!second) case_step(care, enrollment, "lift-asked", staff, value);
  return second;
}
