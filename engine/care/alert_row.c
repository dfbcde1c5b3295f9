#include "care/alert_row.h"

#include <string.h>

#include "base/mem.h"

static char *copy(struct stmt *row, int column) {
  return mem_copy_text(stmt_text(row, column));
}

static void read_row(struct stmt *row, struct alert *out) {
  out->patient = stmt_int(row, 0);
  out->rung = stmt_int(row, 1);
  out->round = stmt_int(row, 2);
  out->next_at = stmt_int(row, 3);
  out->acknowledged_at = stmt_int(row, 4);
  out->acted_at = stmt_int(row, 5);
  out->closed_at = stmt_int(row, 6);
  out->department = copy(row, 7);
  out->name = copy(row, 8);
  out->level = copy(row, 9);
  out->reason = copy(row, 10);
  out->escalation = copy(row, 11);
  out->status = copy(row, 12);
  out->acknowledged_by = copy(row, 13);
  out->acted_by = copy(row, 14);
  out->closed_by = copy(row, 15);
  out->closed_reason = copy(row, 16);
}

bool alert_load(struct store *store, int64_t id, struct alert *out) {
  *out = (struct alert){.id = id};
  struct stmt *row = store_query(
      store,
      "SELECT patient, rung, round, next_at, acknowledged_at, acted_at, closed_at,"
      " department, name, level, reason, escalation, status, acknowledged_by, acted_by,"
      " closed_by, closed_reason FROM alert WHERE id=?1",
      "i", id);
  bool found = stmt_row(row);
  if (found) read_row(row, out);
  stmt_done(row);
  return found;
}

void alert_deinit(struct alert *alert) {
  char *const owned[] = {alert->department,      alert->name,       alert->level,
                         alert->reason,          alert->escalation, alert->status,
                         alert->acknowledged_by, alert->acted_by,   alert->closed_by,
                         alert->closed_reason};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
}

bool alert_is_urgent(const struct alert *alert) {
  return strcmp(alert->level, "soon") != 0 && strcmp(alert->level, "stuck") != 0;
}

bool alert_is(const struct alert *alert, const char *status) {
  return strcmp(alert->status, status) == 0;
}

void alert_schedule(struct care *care, struct alert *alert, int64_t at) {
  if (alert->next_at)
    due_remove(care->kernel, DUE_ALERT, alert->next_at, WORK_ALERT, alert->id);
  if (at)
    due_add(care->kernel, DUE_ALERT, at, WORK_ALERT, alert->id,
            alert->patient ? alert->patient : -alert->id);
  alert->next_at = at;
  store_exec(care->store, "UPDATE alert SET next_at=?2, revision=revision+1 WHERE id=?1",
             "iI", alert->id, at);
}
