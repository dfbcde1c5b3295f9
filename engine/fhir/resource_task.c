// Task: work for a role, as it stands on the list.
#include <string.h>

#include "fhir/element_put.h"
#include "fhir/query.h"

#define CHANGED "max(coalesce(t.closed_at, 0), coalesce(t.claimed_at, 0), t.opened_at)"
#define STATUS                                                                   \
  "CASE t.status WHEN 'open' THEN iif(t.claimed_by IS NULL, 'requested',"        \
  " 'in-progress') WHEN 'held' THEN 'on-hold' WHEN 'done' THEN 'completed' ELSE" \
  " 'cancelled' END"
#define QUERY(head)                                                                      \
  "SELECT t.id, t.patient, " CHANGED ", 0, '', " STATUS                                  \
  ", t.department, t.name,"                                                              \
  " t.role, t.note, t.opened_at, CASE WHEN t.status='held' THEN NULL ELSE t.due_at END," \
  " t.claimed_by, t.code, t.result_note, t.closed_at, t.closed_by, t.reason,"            \
  " t.enrollment FROM task t WHERE " head                                                \
  FHIR_STATUS(STATUS) FHIR_DATED("t.opened_at")                                          \
      FHIR_CHANGED(CHANGED) " AND " ACCESS_DEPARTMENT("t.department", "1")               \
          FHIR_PAGE("t.id")

enum {
  STATUS_ = 5,
  DEPARTMENT,
  NAME,
  ROLE,
  NOTE,
  OPENED,
  DUE,
  CLAIMED_BY,
  CODE,
  RESULT,
  CLOSED,
  CLOSED_BY,
  REASON,
  ENROLLMENT
};

static void put_named(struct fhir_show *show, const char *key, const char *name) {
  if (!name) return;
  fhir_put_open(show, key, "{");
  fhir_put_text(show, "display", name);
  fhir_put_close(show, "}");
}

static void put_note(struct fhir_show *show, const char *text) {
  if (!text || !*text) return;
  fhir_put_open(show, "note", "[{");
  fhir_put_text(show, "text", text);
  fhir_put_close(show, "}]");
}

static void put_role(struct fhir_show *show, const char *role) {
  fhir_put_open(show, "performerType", "[");
  fhir_put_concept(show, NULL, NULL, NULL, role);
  fhir_put_close(show, "]");
}

static void put_due(struct fhir_show *show, int64_t due) {
  if (!due) return;
  fhir_put_open(show, "restriction", "{");
  fhir_put_open(show, "period", "{");
  fhir_put_time(show, "end", due);
  fhir_put_close(show, "}}");
}

static void put_based_on(struct fhir_show *show, int64_t enrollment) {
  if (!enrollment) return;
  fhir_put_open(show, "basedOn", "[");
  fhir_put_reference(show, NULL, "CarePlan", 'e', enrollment);
  fhir_put_close(show, "]");
}

static void show_task(struct fhir_show *show, struct stmt *row) {
  put_based_on(show, stmt_int(row, ENROLLMENT));
  fhir_put_text(show, "status", stmt_text(row, STATUS_));
  fhir_put_concept(show, "statusReason", NULL, NULL, stmt_text(row, REASON));
  fhir_put_concept(show, "businessStatus", NULL, NULL, stmt_text(row, CODE));
  fhir_put_text(show, "intent", "order");
  fhir_put_concept(show, "code", NULL, stmt_text(row, NAME), NULL);
  fhir_put_text(show, "description", stmt_text(row, NOTE));
  fhir_put_reference(show, "for", "Patient", 'p', stmt_int(row, 1));
  fhir_put_time(show, "authoredOn", stmt_int(row, OPENED));
  fhir_put_time(show, "lastModified", stmt_int(row, 2));
  put_named(show, "requester", stmt_text(row, DEPARTMENT));
  put_role(show, stmt_text(row, ROLE));
  put_named(
      show, "owner",
      stmt_null(row, CLOSED_BY) ? stmt_text(row, CLAIMED_BY) : stmt_text(row, CLOSED_BY));
  put_note(show, stmt_text(row, RESULT));
  put_due(show, stmt_int(row, DUE));
}

const struct fhir_type fhir_task = {
    .name = "Task",
    .kind = 't',
    .statuses = "requested in-progress on-hold completed cancelled",
    .dated = "authored-on",
    .dated_at = "t.opened_at",
    .by_id = QUERY("t.id=?3"),
    .by_patient = QUERY("t.patient=?4 AND t.id>?11"),
    .walk = QUERY(FHIR_WALK("t.id")),
    .last = "SELECT max(id) FROM task",
    .show = show_task};
