#include "care/alert_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/alert_inbox.h"
#include "care/case.h"
#include "care/ids.h"
#include "care/staff.h"

enum { AGAIN_MS = CIVIL_MINUTE_MS };  // after a rung that could not be written

// Severity; 0 is the highest.
static int rank(const char *level) {
  static const char *const order[] = {"emergency", "urgent", "soon"};
  for (int i = 0; i < 3; i++)
    if (strcmp(order[i], level) == 0) return i;
  return 3;
}

static char *escalation_for(struct care *care, const char *department,
                            const char *level) {
  struct value body = catalog_department(care->catalog, department);
  struct value alerts = value_field(&body, "alerts"), id = value_field(&alerts, level);
  return value_copy_text(&id);
}

static int64_t insert(struct care *care, const struct alert_spec *spec) {
  char *routed =
      spec->escalation ? NULL : escalation_for(care, spec->department, spec->level);
  const char *escalation = spec->escalation ? spec->escalation : routed ? routed : "";
  store_exec(
      care->store,
      "INSERT INTO alert (patient, enrollment, run, answer, task, department, name,"
      " level, reason, escalation, status, opened_at)"
      " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,'open',?11)",
      "IIIIIttttti", spec->patient, spec->enrollment, spec->run, spec->answer, spec->task,
      spec->department, spec->name, spec->level, spec->reason, escalation,
      kernel_now(care->kernel));
  mem_free(routed);
  return store_last_id(care->store);
}

static int64_t find_open(struct care *care, const struct alert_spec *spec) {
  return store_int(care->store, 0,
                   "SELECT id FROM alert WHERE patient IS ?1 AND name=?2 AND"
                   " department=?3 AND task IS ?4 AND status<>'closed' AND (?5=0 OR"
                   " enrollment=?5) LIMIT 1",
                   "IttIi", spec->patient, spec->name, spec->department, spec->task,
                   case_is(care, spec->enrollment) ? spec->enrollment : (int64_t)0);
}

static void raise_level(struct care *care, struct alert *alert,
                        const struct alert_spec *spec) {
  char *routed =
      spec->escalation ? NULL : escalation_for(care, spec->department, spec->level);
  mem_free(alert->escalation);
  alert->escalation = mem_copy_text(spec->escalation ? spec->escalation
                                    : routed         ? routed
                                                     : "");
  mem_free(alert->level);
  alert->level = mem_copy_text(spec->level);
  mem_free(alert->reason);
  alert->reason = mem_copy_text(spec->reason);
  store_exec(care->store,
             "UPDATE alert SET level=?2, reason=?3, escalation=?4,"
             " answer=coalesce(?5, answer) WHERE id=?1",
             "itttI", alert->id, alert->level, alert->reason, alert->escalation,
             spec->answer);
  alert_restart(care, alert, 0);
  mem_free(routed);
}

static void join(struct care *care, int64_t id, const struct alert_spec *spec) {
  struct alert alert;
  store_exec(care->store,
             "UPDATE alert SET joined=joined+1, revision=revision+1 WHERE id=?1", "i",
             id);
  if (alert_load(care->store, id, &alert) && rank(spec->level) < rank(alert.level))
    raise_level(care, &alert, spec);
  alert_deinit(&alert);
}

int64_t alert_open(struct care *care, const struct alert_spec *spec) {
  int64_t id = find_open(care, spec);
  if (id) {
    join(care, id, spec);
    return id;
  }
  struct alert alert;
  id = insert(care, spec);
  if (alert_load(care->store, id, &alert)) {
    alert.rung = spec->above;
    alert_climb(care, &alert);
  }
  alert_deinit(&alert);
  return id;
}

void alert_go_up(struct care *care, int64_t id) {
  struct alert alert;
  if (alert_load(care->store, id, &alert) && alert_is(&alert, "open"))
    alert_climb(care, &alert);
  alert_deinit(&alert);
}

void alert_close(struct care *care, int64_t id, const char *who, const char *reason) {
  struct alert alert;
  if (alert_load(care->store, id, &alert) && !alert_is(&alert, "closed")) {
    alert_schedule(care, &alert, 0);
    store_exec(care->store,
               "UPDATE alert SET status='closed', closed_at=?2, closed_by=?3,"
               " closed_reason=?4 WHERE id=?1",
               "iitt", id, kernel_now(care->kernel), who, reason);
  }
  alert_deinit(&alert);
}

static void each(struct care *care, struct stmt *rows, const char *text,
                 void (*fn)(struct care *care, int64_t alert, const char *text)) {
  struct ids ids = ids_read(rows);
  for (int64_t id; ids_next(&ids, &id);) fn(care, id, text);
}

static void close_by_engine(struct care *care, int64_t alert, const char *reason) {
  alert_close(care, alert, "engine", reason);
}

void alert_close_for_patient(struct care *care, int64_t patient, const char *reason) {
  each(care,
       store_query(care->store,
                   "SELECT id FROM alert WHERE patient=?1 AND status<>'closed'", "i",
                   patient),
       reason, close_by_engine);
}

void alert_close_for_task(struct care *care, int64_t task, const char *reason) {
  each(care,
       store_query(care->store,
                   "SELECT a.id FROM alert a JOIN task t ON t.id=?1 WHERE a.patient IS"
                   " t.patient AND a.task=?1 AND a.status<>'closed' AND a.level NOT IN"
                   " ('emergency','urgent')",
                   "i", task),
       reason, close_by_engine);
}

static void page_again(struct care *care, int64_t id, const char *role) {
  struct alert alert;
  if (alert_load(care->store, id, &alert)) alert_page_again(care, &alert, role);
  alert_deinit(&alert);
}

void alert_follow_duty(struct care *care, const char *role, const char *staff) {
  each(care,
       store_query(care->store,
                   "SELECT a.id FROM alert a WHERE a.status='open' AND EXISTS (SELECT 1"
                   " FROM page p WHERE p.alert=a.id AND p.rung=a.rung AND"
                   " p.round=a.round AND p.role=?1) AND NOT EXISTS (SELECT 1 FROM page p"
                   " WHERE p.alert=a.id AND p.rung=a.rung AND p.round=a.round AND"
                   " p.role=?1 AND p.staff=?2)",
                   "tt", role, staff),
       role, page_again);
}

// Unacknowledged: the next rung. Acknowledged and nothing done: one level up.
static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct alert alert;
  if (alert_load(care->store, work->ref, &alert) && alert.next_at == work->at) {
    if (alert_is(&alert, "acknowledged"))
      alert_restart(care, &alert, alert.rung);
    else if (alert_is(&alert, "open"))
      alert_climb(care, &alert);
  }
  alert_deinit(&alert);
}

// The promise is kept another time: an open alert never loses its row.
static void refuse(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  struct alert alert;
  (void)why;
  if (alert_load(care->store, work->ref, &alert) && !alert_is(&alert, "closed"))
    alert_schedule(care, &alert, kernel_now(care->kernel) + AGAIN_MS);
  alert_deinit(&alert);
}

void alert_handlers(struct care *care) {
  static const struct work_handler handler = {.apply = apply, .refuse = refuse};
  kernel_handle(care->kernel, WORK_ALERT, &handler, care);
  alert_inbox_handlers(care);
  duty_handlers(care);
  staff_handlers(care);
}
