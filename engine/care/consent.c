#include "care/consent.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/message.h"

// As classes and channels in engine/script/api.lua; a spec holds them against each other.
static const char *const classes[] = {"general",   "questionnaire", "medicine",  "visit",
                                      "education", "safety",        "marketing", NULL};
static const char *const channels[] = {"wechat", "sms",   "phone",    "email",
                                       "app",    "wecom", "dingtalk", NULL};
static const char *const ways[] = {"signed", "spoken", "phone", "page", NULL};

struct request {
  int64_t patient, person;
  char *class_, *channel, *how, *by;
  bool given;
};

static void request_deinit(struct request *request) {
  mem_free(request->class_);
  mem_free(request->channel);
  mem_free(request->how);
  mem_free(request->by);
}

static int check_word(const char *field, const char *word, const char *const *words,
                      struct status *status) {
  struct buf all = {0};
  for (size_t i = 0; words[i]; i++) {
    if (word && !strcmp(words[i], word)) return buf_deinit(&all), OK;
    buf_printf(&all, "%s%s", i ? ", " : "", words[i]);
  }
  status_fail(status, ERR_INVALID, "field \"%s\" must be one of %s", field, all.data);
  buf_deinit(&all);
  return status->code;
}

static int check_words(const struct request *request, struct status *status) {
  if (request->class_ && check_word("class", request->class_, classes, status))
    return status->code;
  if (request->channel && check_word("channel", request->channel, channels, status))
    return status->code;
  return check_word("how", request->how, ways, status);
}

static int check_person(struct care *care, const struct request *request,
                        struct status *status) {
  if (store_int(care->store, 0, "SELECT 1 FROM contact WHERE patient=?1 AND person=?2",
                "ii", request->patient, request->person))
    return OK;
  return status_fail(status, ERR_NOT_FOUND,
                     "this patient has no such contact; ids are in afterward patient");
}

static int request_read(struct care *care, const struct value *body,
                        struct request *request, struct status *status) {
  struct value person = value_field(body, "person"), given = value_field(body, "given");
  *request = (struct request){.given = value_true(&given)};
  if (field_id(body, "patient", &request->patient, status) ||
      field_text(body, "class", 32, &request->class_, status) ||
      field_text(body, "channel", 32, &request->channel, status) ||
      field_text(body, "how", 32, &request->how, status) ||
      field_text(body, "by", STAFF_SIZE, &request->by, status))
    return status->code;
  request->person = value_int_or(&person, request->patient);
  if (given.kind != VALUE_BOOL)
    return status_fail(status, ERR_INVALID,
                       "field \"given\" is missing: true, or false for a refusal");
  return check_words(request, status) || check_person(care, request, status)
             ? status->code
             : OK;
}

static void audit(struct care *care, const struct request *request) {
  char object[40];
  struct buf detail = {0};
  snprintf(object, sizeof object, "patient:%lld", (long long)request->patient);
  buf_printf(&detail, "contact %lld, %s, %s: %s, %s", (long long)request->person,
             request->class_ ? request->class_ : "all classes",
             request->channel ? request->channel : "all channels",
             request->given ? "given" : "refused", request->how);
  care_audit(care, request->by ? request->by : "", "consent", object, detail.data);
  buf_deinit(&detail);
}

int consent_take(struct care *care, const struct value *body, struct status *status) {
  struct request request;
  if (!request_read(care, body, &request, status)) {
    store_exec(care->store,
               "INSERT OR REPLACE INTO consent (patient, person, class, channel, given,"
               " at, by_who, how) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
               "iittiitt", request.patient, request.person,
               request.class_ ? request.class_ : "",
               request.channel ? request.channel : "", (int64_t)request.given,
               kernel_now(care->kernel), request.by ? request.by : "", request.how);
    audit(care, &request);
    message_wake_for_patient(care, request.patient);
  }
  request_deinit(&request);
  return status->code;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  return consent_take(self, &row->body, status);
}

void consent_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "consent", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}

// Rows r that speak of this message. Without IN, which makes a table for each look.
#define SPEAKS(r)                                                                       \
  r ".patient=?1 AND " r ".person=?2 AND (+" r ".class=?3 OR +" r ".class='') AND (+" r \
    ".channel=?4 OR +" r ".channel='')"

bool consent_given(struct care *care, int64_t patient, int64_t person, const char *class_,
                   const char *channel) {
  bool asks_first = strcmp(class_, "marketing") == 0;
  return store_int(
             care->store, 0,
             "SELECT (?5=0 OR EXISTS (SELECT 1 FROM consent g WHERE " SPEAKS("g")
             " AND g.class=?3 AND g.given=1)) AND NOT EXISTS (SELECT 1 FROM consent r"
             " WHERE " SPEAKS("r") " AND r.given=0 AND NOT EXISTS (SELECT 1 FROM consent"
             " g WHERE " SPEAKS("g") " AND g.given=1 AND (r.class='' OR g.class=r.class)"
             " AND (r.channel='' OR g.channel=r.channel)))",
             "iitti", patient, person, class_, channel, (int64_t)asks_first) != 0;
}

// The row of from goes where into has none; where both have one, a refusal stays.
static void merge(struct care *care, const char *column, int64_t from, int64_t into) {
  bool patient = !strcmp(column, "patient");
  store_exec(care->store,
             patient
                 ? "UPDATE consent SET given=0 WHERE patient=?2 AND EXISTS (SELECT 1 FROM"
                   " consent o WHERE o.patient=?1 AND o.person=consent.person AND"
                   " o.class=consent.class AND o.channel=consent.channel AND o.given=0)"
                 : "UPDATE consent SET given=0 WHERE person=?2 AND EXISTS (SELECT 1 FROM"
                   " consent o WHERE o.person=?1 AND o.patient=consent.patient AND"
                   " o.class=consent.class AND o.channel=consent.channel AND o.given=0)",
             "ii", from, into);
  store_exec(care->store,
             patient ? "UPDATE OR IGNORE consent SET patient=?2 WHERE patient=?1"
                     : "UPDATE OR IGNORE consent SET person=?2 WHERE person=?1",
             "ii", from, into);
  store_exec(care->store,
             patient ? "DELETE FROM consent WHERE patient=?1"
                     : "DELETE FROM consent WHERE person=?1",
             "i", from);
}

void consent_merge(struct care *care, int64_t from, int64_t into) {
  merge(care, "person", from, into);
  merge(care, "patient", from, into);
}
