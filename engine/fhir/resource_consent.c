// Consent: to a class of messages, on a channel, of a patient or a contact.
// Provision.class names the class, provision.code the channel; absent: all. A refusal is
// of type deny.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/consent.h"
#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define CLASSES "https://afterward/message-class"
#define CHANNELS "https://afterward/channel"
#define REST                                                         \
  "(CASE n.class WHEN '' THEN 'all' ELSE n.class END || '.' || CASE" \
  " n.channel WHEN '' THEN 'all' ELSE n.channel END)"
#define QUERY(head)                                                                     \
  "SELECT n.person, n.patient, n.at, n.person, " REST                                   \
  ", n.given, n.class, n.channel,"                                                      \
  " n.by_who, n.how FROM consent n WHERE n.patient=?4 AND " head FHIR_DATED("n.at")     \
      FHIR_CHANGED("n.at") " AND " FHIR_ACCESS("n.patient") " ORDER BY n.person, " REST \
                                                            " LIMIT coalesce(?12, ?15)"

enum { GIVEN = 5, CLASS, CHANNEL, BY, HOW };

static void put_category(struct fhir_show *show) {
  fhir_put_concept(show, "scope", "http://terminology.hl7.org/CodeSystem/consentscope",
                   "patient-privacy", NULL);
  fhir_put_open(show, "category", "[");
  fhir_put_concept(show, NULL, "http://loinc.org", "59284-0", NULL);
  fhir_put_close(show, "]");
}

static void put_provision(struct fhir_show *show, struct stmt *row) {
  const char *class_ = stmt_text(row, CLASS), *channel = stmt_text(row, CHANNEL);
  fhir_put_open(show, "provision", "{");
  fhir_put_text(show, "type", stmt_int(row, GIVEN) ? "permit" : "deny");
  if (*class_) {
    fhir_put_open(show, "class", "[");
    fhir_put_coding(show, CLASSES, class_, NULL);
    fhir_put_close(show, "]");
  }
  if (*channel) {
    fhir_put_open(show, "code", "[");
    fhir_put_concept(show, NULL, CHANNELS, channel, NULL);
    fhir_put_close(show, "]");
  }
  fhir_put_close(show, "}");
}

static void put_performer(struct fhir_show *show, int64_t patient, int64_t person) {
  struct buf text = {0};
  char id[FHIR_ID];
  fhir_put_open(show, "performer", "[{");
  if (person == patient)
    public_id_format(show->fhir->api->keys.public_id, 'p', patient, id);
  else
    fhir_id_join(show->fhir, &fhir_related_person, patient, person, "", id);
  buf_printf(&text, "%s/%s", person == patient ? "Patient" : "RelatedPerson", id);
  fhir_put_text(show, "reference", text.data);
  fhir_put_close(show, "}]");
  buf_deinit(&text);
}

static void show_consent(struct fhir_show *show, struct stmt *row) {
  fhir_put_text(show, "status", "active");
  put_category(show);
  fhir_put_reference(show, "patient", "Patient", 'p', stmt_int(row, 1));
  fhir_put_time(show, "dateTime", stmt_int(row, 2));
  put_performer(show, stmt_int(row, 1), stmt_int(row, 0));
  fhir_put_concept(show, "policyRule", NULL, NULL, stmt_text(row, HOW));
  put_provision(show, row);
}

static int64_t person_of(struct fhir_taking *taking, int64_t patient) {
  struct value performer = fhir_at(&taking->resource, "performer.0");
  struct fhir_key key;
  char id[FHIR_ID];
  if (!fhir_reference(taking, &performer, &fhir_related_person, id)) return patient;
  return fhir_id_parse(taking->fhir, &fhir_related_person, id, &key) ? key.part : -1;
}

static bool is_given(const struct value *resource) {
  struct value status = value_field(resource, "status"),
               type = fhir_at(resource, "provision.type");
  return !value_is(&status, "rejected") && !value_is(&type, "deny");
}

static bool is_written(const struct value *resource) {
  struct value paper = value_field(resource, "sourceAttachment"),
               other = value_field(resource, "sourceReference");
  return paper.kind != VALUE_NIL || other.kind != VALUE_NIL;
}

static int keep(struct fhir_taking *taking, int64_t patient, int64_t person,
                const struct value *class_, const struct value *channel) {
  struct merge fields = {0};
  struct buf body = {0};
  struct value view, given = {.kind = VALUE_BOOL, .boolean = is_given(&taking->resource)};
  merge_text(&fields, "by", taking->row->source);
  merge_value(&fields, "channel", channel);
  merge_value(&fields, "class", class_);
  merge_value(&fields, "given", &given);
  merge_text(&fields, "how", is_written(&taking->resource) ? "signed" : "spoken");
  merge_int(&fields, "patient", patient);
  merge_int(&fields, "person", person);
  merge_end(&fields, &body);
  value_read(body.data, body.len, &view);
  int code = consent_take(taking->care, &view, taking->status);
  buf_deinit(&body);
  return code;
}

static void put_word(struct buf *out, const struct value *word) {
  if (word->kind == VALUE_TEXT)
    buf_put(out, word->text.data, word->text.len);
  else
    buf_puts(out, "all");
}

static int take_provision(struct fhir_taking *taking, int64_t patient) {
  struct value class_ = fhir_at(&taking->resource, "provision.class.0.code"),
               concept = fhir_at(&taking->resource, "provision.code"),
               channel = fhir_code(&concept, NULL);
  int64_t person = person_of(taking, patient);
  struct buf rest = {0};
  int code = keep(taking, patient, person, &class_, &channel);
  put_word(&rest, &class_);
  buf_putc(&rest, '.');
  put_word(&rest, &channel);
  if (!code) fhir_made_part(taking, patient, person, rest.data, false);
  buf_deinit(&rest);
  return code;
}

static int take_consent(struct fhir_taking *taking) {
  struct value subject = value_field(&taking->resource, "patient"),
               status = value_field(&taking->resource, "status");
  struct buf mrn = {0};
  int64_t patient = 0;
  if (!value_is(&status, "active") && !value_is(&status, "rejected"))
    fhir_wrong(taking,
               "Consent.status: must be active or rejected; the newest one of a "
               "class and channel holds");
  else
    patient = fhir_subject(taking, &subject, "Consent.patient", &mrn);
  if (patient) take_provision(taking, patient);
  buf_deinit(&mrn);
  return taking->status->code;
}

const struct fhir_type fhir_consent = {.name = "Consent",
                                       .kind = 'c',
                                       .may = FHIR_CREATE | FHIR_OF_PATIENT,
                                       .dated = "date",
                                       .dated_at = "n.at",
                                       .by_id = QUERY("n.person=?14 AND " REST "=?15"),
                                       .by_patient = QUERY("n.person>?11"),
                                       .show = show_consent,
                                       .take = take_consent};
