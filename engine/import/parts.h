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
  PLANNED,
  RETURN_PLANNED,
  DIAGNOSIS_CODE,
  DIAGNOSIS_NAME,
  PROCEDURE_CODE,
  PROCEDURE_NAME,
  PROCEDURE_AT,
  MOMENT,
  SAID,
  STARS,
  CHANNEL,
  ID,
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
  bool feedback;                // its rows are words for the hospital, not discharges
  const char *column[TARGETS];  // name in the list, NULL when it has none
  char *wanted[TARGETS];        // name in the map, owned
  int index[TARGETS];           // in the list, -1 when it has none
};

struct row {  // one being read
  struct import_map *map;
  const char *const *cells;
  int count;
  const char **column;
  struct status *status;
  char at[24], admitted[24], birth[24], procedure_at[24];  // in ISO form, "" when absent
};

// The cell without spaces around it; "" when absent or a word for nothing.
void row_cell(const struct row *row, enum target target, char *out, size_t size);
int row_complain(const struct row *row, enum target target, const char *what);
// A time, or a date; key: the map's own forms of it.
int row_time(struct row *row, enum target target, const char *key, bool date,
             char out[24]);
// A word of a table of the map, or of those built in; the table's sentence names it.
int row_word(struct row *row, enum target target, const char *key,
             const char *const (*builtin)[2], char *out, size_t size);
// The row as an event of feedback (feedback.c).
int row_feedback(struct row *row, struct buf *out);
