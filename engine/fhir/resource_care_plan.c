// CarePlan: a patient on a pathway.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element_put.h"
#include "fhir/query.h"

#define CHANGED "max(coalesce(e.ended_at, 0), coalesce(e.paused_at, 0), e.enrolled_at)"
#define STATUS                                                                  \
  "CASE e.status WHEN 'active' THEN 'active' WHEN 'paused' THEN 'on-hold' ELSE" \
  " iif(coalesce(e.ended_reason, 'completed')='completed', 'completed', 'revoked') END"
#define QUERY(head)                                                                   \
  "SELECT e.id, e.patient, " CHANGED ", 0, '', " STATUS                               \
  ", e.department, e.pathway,"                                                        \
  " e.encounter, e.enrolled_at, e.anchor_at, e.ended_at, e.ended_reason, e.tier FROM" \
  " enrollment e WHERE " head                                                         \
  FHIR_STATUS(STATUS) FHIR_DATED("e.enrolled_at")                                     \
      FHIR_CHANGED(CHANGED) " AND " ACCESS_DEPARTMENT("e.department", "1")            \
          FHIR_PAGE("e.id")

enum {
  STATUS_ = 5,
  DEPARTMENT,
  PATHWAY,
  ENCOUNTER,
  ENROLLED,
  ANCHOR,
  ENDED,
  REASON,
  TIER
};

static void put_title(struct fhir_show *show, const char *department,
                      const char *pathway) {
  struct value body =
      catalog_find(show->fhir->care->catalog, department, "pathway", pathway);
  struct value title = value_field(&body, "title"), words = text_in(&title, "zh");
  char *text = value_copy_text(&words);
  fhir_put_text(show, "title", text ? text : pathway);
  mem_free(text);
}

static void put_pathway(struct fhir_show *show, const char *department,
                        const char *pathway) {
  struct buf uri = {0};
  buf_printf(&uri, "urn:afterward:pathway:%s:%s", department, pathway);
  fhir_put_open(show, "instantiatesUri", "[");
  json_text(&show->json, uri.data);
  fhir_put_close(show, "]");
  buf_deinit(&uri);
}

static void put_list(struct fhir_show *show, const char *key, const char *text) {
  if (!text || !*text) return;
  fhir_put_open(show, key, "[");
  fhir_put_concept(show, NULL, NULL, NULL, text);
  fhir_put_close(show, "]");
}

// The end, and why it ended.
static void put_note(struct fhir_show *show, const char *reason) {
  if (!reason) return;
  fhir_put_open(show, "note", "[{");
  fhir_put_text(show, "text", reason);
  fhir_put_close(show, "}]");
}

static void show_care_plan(struct fhir_show *show, struct stmt *row) {
  const char *department = stmt_text(row, DEPARTMENT), *pathway = stmt_text(row, PATHWAY);
  put_pathway(show, department, pathway);
  fhir_put_text(show, "status", stmt_text(row, STATUS_));
  fhir_put_text(show, "intent", "plan");
  put_list(show, "category", department);
  put_title(show, department, pathway);
  fhir_put_reference(show, "subject", "Patient", 'p', stmt_int(row, 1));
  fhir_put_reference(show, "encounter", "Encounter", 'v', stmt_int(row, ENCOUNTER));
  fhir_put_open(show, "period", "{");
  fhir_put_time(show, "start", stmt_int(row, ANCHOR));
  fhir_put_time(show, "end", stmt_int(row, ENDED));
  fhir_put_close(show, "}");
  fhir_put_time(show, "created", stmt_int(row, ENROLLED));
  put_note(show, stmt_text(row, REASON));
}

const struct fhir_type fhir_care_plan = {.name = "CarePlan",
                                         .kind = 'e',
                                         .statuses = "active on-hold completed revoked",
                                         .dated = "date",
                                         .dated_at = "e.enrolled_at",
                                         .by_id = QUERY("e.id=?3"),
                                         .by_patient = QUERY("e.patient=?4 AND e.id>?11"),
                                         .walk = QUERY(FHIR_WALK("e.id")),
                                         .last = "SELECT max(id) FROM enrollment",
                                         .show = show_care_plan};
