// Names that a call gives: a department, pathway or version that nobody knows is answered
// with 404 and what was meant, since an empty list would say that there is nothing.
#pragma once

#include "api/call.h"

// Departments that have scripts or files of scripts: a query of one column.
#define KNOWN_DEPARTMENTS \
  "SELECT department FROM bundle WHERE active=1 UNION SELECT department FROM candidate"

// Whether the caller sees a department of this name; else it is answered.
bool known_department(struct call *call, const char *name);
// The filter "department", known; NULL when absent. Otherwise as call_filter.
const char *known_department_filter(struct call *call, bool *bad);
// Whether a department that the caller sees (NULL: any) has this pathway; else it is
// answered.
bool known_pathway(struct call *call, const char *department, const char *pathway);
// The filter "version": a hash, or its first characters, of a version that was active or
// is on its way; NULL when absent. Otherwise as call_filter.
const char *known_version_filter(struct call *call, bool *bad);
