// Who may see whom: the one filter of everything that is read (DESIGN.md §11).
#pragma once

#include "api/call.h"

// For a query: parameter n (a digit in quotes) is access_departments(call), bound as
// text.
#define ACCESS_DEPARTMENT(column, n) \
  "(?" n " IS NULL OR " column " IN (SELECT value FROM json_each(?" n ")))"
// The same for rows that are a patient's and no department's.
#define ACCESS_PATIENT(column, n, now)                                           \
  "(?" n " IS NULL OR EXISTS (SELECT 1 FROM access WHERE access.patient=" column \
  " AND since<=?" now " AND (until IS NULL OR until>?" now                       \
  ") AND"                                                                        \
  " access.department IN (SELECT value FROM json_each(?" n "))))"

const char *access_departments(const struct call *call);
// The same of one of them, or of all with NULL; the caller frees it.
char *access_only(const struct call *call, const char *department);
bool access_department(struct call *call, const char *department);
bool access_patient(struct call *call, int64_t patient);
bool access_case(struct call *call, int64_t enrollment);
