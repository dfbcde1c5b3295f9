// What a map's two files share: the fields that a column can be, and the map itself.
#pragma once

#include "import/map.h"

enum target {
  MRN,
  NAME,
  SEX,
  BIRTH,
  PHONE,
  ADDRESS,
  EMAIL,
  LANGUAGE,
  DIALECT,
  DISCLOSURE,
  CONTACT_NAME,
  CONTACT_PHONE,
  CONTACT_EMAIL,
  CONTACT_RELATION,
  CONTACT_PROXY,
  DEPARTMENT,
  WARD,
  DOCTOR,
  NURSE,
  STAYS,
  VISIT,
  ADMITTED,
  DISCHARGED,
  LEAVING,
  DIAGNOSIS_CODE,
  DIAGNOSIS_NAME,
  PROCEDURE_CODE,
  PROCEDURE_NAME,
  PROCEDURE_AT,
  TARGETS
};

extern const struct import_target {
  const char *name;   // as the map's columns name it
  const char *field;  // as the event's check names it
} import_targets[TARGETS];

struct import_map {
  struct value table;
  char *encoding;
  char delimiter;
  const char *column[TARGETS];  // name in the list, NULL when it has none
  char *wanted[TARGETS];        // name in the map, owned
  int index[TARGETS];           // in the list, -1 when it has none
};
