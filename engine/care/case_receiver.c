#include "care/case_receiver.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/duty.h"

static const char *login_of(const char *receiver) {
  static const char person[] = "staff:";
  return strncmp(receiver, person, sizeof person - 1) ? receiver
                                                      : receiver + sizeof person - 1;
}

void case_receiver(struct care *care, int64_t enrollment, char out[STAFF_SIZE]) {
  struct stmt *row = store_query(
      care->store, "SELECT receiver, department FROM case_file WHERE enrollment=?1", "i",
      enrollment);
  bool found = stmt_row(row) && stmt_text(row, 0);
  char *receiver = found ? mem_copy_text(stmt_text(row, 0)) : NULL,
       *department = found ? mem_copy_text(stmt_text(row, 1)) : NULL;
  stmt_done(row);
  snprintf(out, STAFF_SIZE, "%s", receiver ? receiver : "");
  if (receiver) duty_stand_in(care, department, login_of(receiver), out, STAFF_SIZE);
  mem_free(receiver);
  mem_free(department);
}

void case_at_work(struct care *care, int64_t enrollment, struct case_posts *out) {
  struct stmt *rows =
      store_query(care->store,
                  "SELECT DISTINCT coalesce(claimed_by, role) FROM task WHERE patient="
                  "(SELECT sender FROM case_file WHERE enrollment=?1) AND enrollment=?1"
                  " AND status='open' LIMIT ?2",
                  "ii", enrollment, (int64_t)CASE_POSTS_MOST);
  out->count = 0;
  while (stmt_row(rows))
    snprintf(out->names[out->count++], STAFF_SIZE, "%s", login_of(stmt_text(rows, 0)));
  stmt_done(rows);
  if (!out->count) case_receiver(care, enrollment, out->names[out->count++]);
}

static char *field_of(struct care *care, int64_t enrollment, const char *name) {
  struct buf field = {0};
  struct value view;
  case_field(care, enrollment, 0, name, &field);
  value_read(field.data, field.len, &view);
  char *text = value_copy_text(&view);
  buf_deinit(&field);
  return text;
}

bool case_accuses(struct care *care, int64_t enrollment, const char *staff) {
  if (!case_is(care, enrollment)) return false;
  char *concerns = field_of(care, enrollment, "concerns"),
       *nature = field_of(care, enrollment, "nature");
  bool accuses = concerns && !strcmp(login_of(concerns), login_of(staff)) &&
                 (!nature || strcmp(nature, "praise") != 0);
  mem_free(concerns);
  mem_free(nature);
  return accuses;
}

int case_refuse_accused(struct care *care, int64_t enrollment, const char *staff,
                        struct status *status) {
  if (!case_accuses(care, enrollment, staff)) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "this case is about you: somebody else has to work on it");
}
