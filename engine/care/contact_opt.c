// Opting out and in again: at once, for one patient and one person.
#include <string.h>

#include "base/mem.h"
#include "care/binding.h"
#include "care/commands.h"
#include "care/consent.h"
#include "care/contact.h"
#include "care/identity.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/message.h"
#include "care/patient.h"
#include "care/phone.h"
#include "care/prefer.h"
#include "care/proof.h"

enum { PAIRS = 64 };  // patients that one number may stand for

static void audit(struct care *care, const struct opting *opting, const char *action) {
  struct buf object = {0}, detail = {0};
  buf_printf(&object, "patient:%lld", (long long)opting->patient);
  if (opting->person)
    buf_printf(&detail, "contact %lld", (long long)opting->person);
  else
    buf_puts(&detail, "all contacts");
  if (opting->department) buf_printf(&detail, ", of %s alone", opting->department);
  care_audit(care, opting->by ? opting->by : "patient", action, object.data, detail.data);
  buf_deinit(&object);
  buf_deinit(&detail);
}

static void leave_department(struct care *care, const struct opting *opting) {
  store_exec(
      care->store,
      "UPDATE contact SET opted_out_of=coalesce(opted_out_of,'|') || ?3 || '|' WHERE"
      " patient=?1 AND (?2=0 OR person=?2) AND instr(coalesce(opted_out_of,''), '|' ||"
      " ?3 || '|')=0",
      "iit", opting->patient, opting->person, opting->department);
}

static void leave_all(struct care *care, const struct opting *opting) {
  store_exec(care->store,
             "UPDATE contact SET opted_out_at=?3, opted_out_by=?4 WHERE patient=?1 AND "
             "(?2=0 OR person=?2) AND opted_out_at IS NULL",
             "iiit", opting->patient, opting->person, kernel_now(care->kernel),
             opting->by ? opting->by : "patient");
}

void patient_opt_out(struct care *care, const struct opting *opting) {
  contact_add_self(care, opting->patient);
  if (opting->department)
    leave_department(care, opting);
  else
    leave_all(care, opting);
  commands_opted_out(care, opting);
  message_wake_for_patient(care,
                           opting->patient);  // what is held ends now, not at its hour
  audit(care, opting, "opt-out");
}

void patient_opt_in(struct care *care, const struct opting *opting) {
  store_exec(
      care->store,
      "UPDATE contact SET opted_out_of=replace(opted_out_of, '|' || ?3 || '|', '|'),"
      " opted_out_at=iif(?3 IS NULL, NULL, opted_out_at), opted_out_by=iif(?3 IS NULL,"
      " NULL, opted_out_by) WHERE patient=?1 AND (?2=0 OR person=?2)",
      "iit", opting->patient, opting->person, opting->department);
  message_wake_for_patient(care, opting->patient);
  audit(care, opting, "opt-in");
}

struct pair {
  int64_t patient, person;
};

static int pairs_of_phone(struct care *care, const char *phone, struct pair *out) {
  int count = 0;
  struct stmt *rows =
      store_query(care->store,
                  "SELECT DISTINCT contact.patient, contact.person FROM identity JOIN "
                  "contact ON contact.person=identity.person WHERE value=?1 AND "
                  "kind='phone' LIMIT ?2",
                  "ti", phone, (int64_t)PAIRS);
  while (count < PAIRS && stmt_row(rows))
    out[count++] = (struct pair){stmt_int(rows, 0), stmt_int(rows, 1)};
  stmt_done(rows);
  return count;
}

struct request {
  char *phone, *mrn, *by, *department;
  int64_t patient, person;
  int64_t question;  // those to whom it was put; 0: not said
};

static int request_read(struct care *care, const struct value *body,
                        struct request *request, struct status *status) {
  struct value patient = value_field(body, "patient"),
               person = value_field(body, "person"),
               question = value_field(body, "question");
  *request = (struct request){.patient = value_int_or(&patient, 0),
                              .person = value_int_or(&person, 0),
                              .question = value_int_or(&question, 0)};
  if (field_text(body, "phone", 64, &request->phone, status) ||
      field_text(body, "mrn", 64, &request->mrn, status) ||
      field_text(body, "by", 100, &request->by, status) ||
      field_text(body, "department", 64, &request->department, status))
    return status->code;
  if (request->mrn) request->patient = patient_by_mrn(care, request->mrn);
  if (request->patient && !store_int(care->store, 0, "SELECT 1 FROM patient WHERE id=?1",
                                     "i", request->patient))
    request->patient = 0;
  if (!request->patient && (request->mrn || patient.kind == VALUE_INT))
    return status_fail(status, ERR_NOT_FOUND, "there is no such patient");
  if (!request->patient && !request->phone)
    return status_fail(status, ERR_INVALID,
                       "say who: field \"patient\", \"mrn\" or \"phone\" is missing");
  return OK;
}

// Whoever reads a question's page by its code is one of those who were asked.
static int pairs_of_question(struct care *care, const struct request *request,
                             struct pair *out) {
  int count = 0;
  struct stmt *rows =
      store_query(care->store,
                  "SELECT DISTINCT person FROM message WHERE question=?1 AND patient=?2 "
                  "AND person IS NOT NULL AND accepted_at IS NOT NULL LIMIT ?3",
                  "iii", request->question, request->patient, (int64_t)PAIRS);
  while (count < PAIRS && stmt_row(rows))
    out[count++] = (struct pair){request->patient, stmt_int(rows, 0)};
  stmt_done(rows);
  return count;
}

// A number alone means all it serves; with a patient, only that one (WARD 7).
static int find_pairs(struct care *care, const struct request *request, struct pair *out,
                      int *count, struct status *status) {
  char phone[PHONE_SIZE];
  struct pair all[PAIRS];
  *count = 0;
  if (request->question) *count = pairs_of_question(care, request, out);
  if (*count) return OK;
  if (!request->phone) {
    out[(*count)++] = (struct pair){request->patient, request->person};
    return OK;
  }
  if (!phone_normalize(request->phone, strlen(request->phone), phone))
    return status_fail(status, ERR_INVALID, "field \"phone\" is not a phone number");
  int found = pairs_of_phone(care, phone, all);
  for (int i = 0; i < found; i++)
    if (!request->patient || request->patient == all[i].patient) out[(*count)++] = all[i];
  if (!*count)
    return status_fail(status, ERR_NOT_FOUND, "this number serves no patient known here");
  return OK;
}

typedef void opt(struct care *care, const struct opting *opting);

static int apply(struct care *care, struct inbox_row *row, struct status *status,
                 opt *fn) {
  struct request request;
  struct pair pairs[PAIRS];
  int count;
  int code = request_read(care, &row->body, &request, status);
  if (!code) code = find_pairs(care, &request, pairs, &count, status);
  for (int i = 0; !code && i < count; i++)
    fn(care, &(struct opting){pairs[i].patient, pairs[i].person, request.department,
                              request.by});
  mem_free(request.phone);
  mem_free(request.mrn);
  mem_free(request.by);
  mem_free(request.department);
  return code;
}

static int apply_out(void *self, struct inbox_row *row, struct status *status) {
  return apply(self, row, status, patient_opt_out);
}

static int apply_in(void *self, struct inbox_row *row, struct status *status) {
  return apply(self, row, status, patient_opt_in);
}

void contact_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {{.kind = "opt-out", .apply = apply_out},
                                                  {.kind = "opt-in", .apply = apply_in}};
  for (size_t i = 0; i < 2; i++) kernel_handle_inbox(care->kernel, &handlers[i], care);
  proof_handlers(care);
  consent_handlers(care);
  prefer_handlers(care);
  binding_handlers(care);
}
