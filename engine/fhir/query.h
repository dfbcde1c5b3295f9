// Pieces of the queries of resources; parameters are those of struct fhir_type.
#pragma once

#include "api/access.h"

#define FHIR_ACCESS(patient) ACCESS_PATIENT(patient, "1", "2")
#define FHIR_CHANGED(at) " AND (?9=0 OR " at ">=?9) AND (?10=0 OR " at "<?10)"
#define FHIR_DATED(at) " AND (?7=0 OR " at ">=?7) AND (?8=0 OR " at "<?8)"
#define FHIR_STATUS(status) \
  " AND (?6 IS NULL OR " status " IN (SELECT value FROM json_each(?6)))"
// Rows of a page, of the whole table those that one look may pass.
#define FHIR_WALK(id) id ">?11 AND " id "<=?13"
#define FHIR_AFTER(id) id ">?11"
#define FHIR_PAGE(id) " ORDER BY " id " LIMIT coalesce(?12, ?15)"  // names the last one
