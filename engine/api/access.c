#include "api/access.h"

#include "base/mem.h"

const char *access_departments(const struct call *call) {
  return call->caller->departments;
}

char *access_only(const struct call *call, const char *department) {
  struct buf out = {0};
  struct json json = {.out = &out};
  if (!department) return mem_copy_text(access_departments(call));
  json_open(&json, '[');
  json_text(&json, department);
  json_close(&json, ']');
  return buf_take(&out);
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

bool access_case(struct call *call, int64_t enrollment) {
  return store_int(call->care->store, 0,
                   "SELECT 1 FROM case_file WHERE enrollment=?1 AND " ACCESS_DEPARTMENT(
                       "department", "2"),
                   "it", enrollment, access_departments(call)) != 0;
}
