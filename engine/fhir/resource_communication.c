// CommunicationRequest, the intent to tell one person one thing, and Communication, what
// left: both are a message, which has the second once it has begun to leave. Neither has
// the text. Pages to staff are not shown.
#include <string.h>

#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/resource.h"

#define CHANGED                                                                        \
  "max(coalesce(m.settled_at, 0), coalesce(m.accepted_at, 0), coalesce(m.read_at, 0)," \
  " m.created_at)"
#define ASKED                                                                     \
  "CASE m.status WHEN 'planned' THEN 'active' WHEN 'held' THEN 'on-hold' WHEN"    \
  " 'suppressed' THEN 'revoked' WHEN 'cancelled' THEN 'revoked' WHEN 'in_flight'" \
  " THEN 'active' ELSE 'completed' END"
#define LEFT                                                                          \
  "CASE m.status WHEN 'in_flight' THEN 'in-progress' WHEN 'in_doubt' THEN 'unknown' " \
  "WHEN"                                                                              \
  " 'failed' THEN 'not-done' ELSE 'completed' END"
#define QUERY(status, of, head)                                                          \
  "SELECT m.id, m.patient, " CHANGED ", 0, '', " status                                  \
  ", m.name, m.class, m.channel,"                                                        \
  " m.person, m.reason, m.created_at, m.accepted_at, m.read_at, m.enrollment, m.due_at," \
  " m.department, m.status FROM message m WHERE m.patient>0 AND m.kind<>'page' AND " of  \
      head                                                                               \
      FHIR_STATUS(status) FHIR_DATED("coalesce(m.accepted_at, m.created_at)")            \
          FHIR_CHANGED(CHANGED) " AND " ACCESS_DEPARTMENT("m.department", "1")           \
              FHIR_PAGE("m.id")
#define REQUEST(head) QUERY(ASKED, "", head)
#define SENT(head)                                                                \
  QUERY(LEFT,                                                                     \
        "(m.status='accepted' OR m.status='delivered' OR m.status='in_flight' OR" \
        " m.status='in_doubt' OR m.status='failed') AND ",                        \
        head)

enum {
  STATUS_ = 5,
  NAME,
  CLASS,
  CHANNEL,
  PERSON,
  REASON,
  CREATED,
  ACCEPTED,
  READ,
  ENROLLMENT,
  DUE,
  DEPARTMENT,
  WORD
};

static void put_list(struct fhir_show *show, const char *key, const char *text) {
  if (!text || !*text) return;
  fhir_put_open(show, key, "[");
  fhir_put_concept(show, NULL, NULL, NULL, text);
  fhir_put_close(show, "]");
}

static void put_recipient(struct fhir_show *show, int64_t patient, int64_t person) {
  struct buf text = {0};
  char id[FHIR_ID];
  if (!person) return;
  fhir_put_open(show, "recipient", "[");
  if (person == patient) {
    fhir_put_reference(show, NULL, "Patient", 'p', patient);
  } else {
    fhir_id_join(show->fhir, &fhir_related_person, patient, person, "", id);
    buf_printf(&text, "RelatedPerson/%s", id);
    fhir_put_open(show, NULL, "{");
    fhir_put_text(show, "reference", text.data);
    fhir_put_close(show, "}");
  }
  fhir_put_close(show, "]");
  buf_deinit(&text);
}

static void put_based_on(struct fhir_show *show, const char *type, char kind,
                         int64_t row) {
  if (!row) return;
  fhir_put_open(show, "basedOn", "[");
  fhir_put_reference(show, NULL, type, kind, row);
  fhir_put_close(show, "]");
}

static void put_common(struct fhir_show *show, struct stmt *row) {
  fhir_put_text(show, "status", stmt_text(row, STATUS_));
  fhir_put_concept(show, "statusReason", NULL, NULL, stmt_text(row, REASON));
  put_list(show, "category", stmt_text(row, CLASS));
  put_list(show, "medium", stmt_text(row, CHANNEL));
  fhir_put_reference(show, "subject", "Patient", 'p', stmt_int(row, 1));
  put_recipient(show, stmt_int(row, 1), stmt_int(row, PERSON));
}

static void put_payload(struct fhir_show *show, const char *name) {
  fhir_put_open(show, "payload", "[{");
  fhir_put_text(show, "contentString", name);
  fhir_put_close(show, "}]");
}

static void show_request(struct fhir_show *show, struct stmt *row) {
  put_based_on(show, "CarePlan", 'e', stmt_int(row, ENROLLMENT));
  put_common(show, row);
  put_payload(show, stmt_text(row, NAME));
  fhir_put_time(show, "occurrenceDateTime", stmt_int(row, DUE));
  fhir_put_time(show, "authoredOn", stmt_int(row, CREATED));
}

static void show_communication(struct fhir_show *show, struct stmt *row) {
  put_based_on(show, "CommunicationRequest", 'm', stmt_int(row, 0));
  put_common(show, row);
  fhir_put_concept(show, "topic", NULL, NULL, stmt_text(row, NAME));
  fhir_put_time(show, "sent", stmt_int(row, ACCEPTED));
  fhir_put_time(show, "received", stmt_int(row, READ));
}

const struct fhir_type fhir_communication_request = {
    .name = "CommunicationRequest",
    .kind = 'm',
    .statuses = "active on-hold revoked completed",
    .dated = "authored",
    .dated_at = "coalesce(m.accepted_at, m.created_at)",
    .by_id = REQUEST("m.id=?3"),
    .by_patient = REQUEST("m.patient=?4 AND m.id>?11"),
    .walk = REQUEST(FHIR_WALK("m.id")),
    .last = "SELECT max(id) FROM message",
    .show = show_request};

const struct fhir_type fhir_communication = {
    .name = "Communication",
    .kind = 'm',
    .statuses = "in-progress unknown not-done completed",
    .dated = "sent",
    .dated_at = "coalesce(m.accepted_at, m.created_at)",
    .by_id = SENT("m.id=?3"),
    .by_patient = SENT("m.patient=?4 AND m.id>?11"),
    .walk = SENT(FHIR_WALK("m.id")),
    .last = "SELECT max(id) FROM message",
    .show = show_communication};
