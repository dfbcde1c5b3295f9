#include "api/access.h"

const char *access_departments(const struct call *call) {
  return call->caller->departments;
}

bool access_department(struct call *call, const char *department) {
  return store_int(call->care->store, 0, "SELECT " ACCESS_DEPARTMENT("?2", "1"), "tt",
                   access_departments(call), department) != 0;
}

bool access_patient(struct call *call, int64_t patient) {
  return store_int(
             call->care->store, 0,
             "SELECT 1 FROM patient p WHERE id=?1 AND " ACCESS_PATIENT("p.id", "2", "3"),
             "iti", patient, access_departments(call),
             kernel_now(call->care->kernel)) != 0;
}
