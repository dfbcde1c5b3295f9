#include "care/binding.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "care/card.h"
#include "care/contact.h"
#include "care/identity.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/message.h"
#include "care/phone.h"

static const int64_t lock_ms = 3600000;

struct request {
  int64_t patient;
  char *account, *channel, *code, *phone, *relation, *tail, *by;
};

static void request_deinit(struct request *request) {
  char *all[] = {request->account,  request->channel, request->code, request->phone,
                 request->relation, request->tail,    request->by};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mem_free(all[i]);
}

static int request_read(const struct value *body, struct request *request,
                        struct status *status) {
  const struct {
    const char *name;
    char **out;
  } fields[] = {{"account", &request->account},
                {"channel", &request->channel},
                {"code", &request->code},
                {"phone", &request->phone},
                {"relation", &request->relation},
                {"tail", &request->tail},
                {"by", &request->by}};
  *request = (struct request){0};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (field_text(body, fields[i].name, 128, fields[i].out, status)) return status->code;
  return OK;
}

static int answer(struct inbox_row *row, int code, const char *detail) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "detail", detail);
  mapping_int(&map, "status", code);
  mapping_end(&map);
  return OK;  // a try that failed is kept
}

static bool is_locked(struct care *care, const char *code) {
  return store_int(care->store, 0,
                   "SELECT wrong>=?3 AND wrong_at>?2 FROM card WHERE code=?1", "tii",
                   code, kernel_now(care->kernel) - lock_ms,
                   (int64_t)BINDING_WRONG_MOST) != 0;
}

static void count_wrong(struct care *care, const char *code) {
  int64_t now = kernel_now(care->kernel);
  store_exec(care->store,
             "UPDATE card SET wrong=CASE WHEN wrong_at>?2 THEN wrong+1 ELSE 1 END,"
             " wrong_at=?3 WHERE code=?1",
             "tii", code, now - lock_ms, now);
}

// The last letters and digits, as people write them.
static void read_tail(const char *text, char out[BINDING_TAIL + 1]) {
  size_t len = strlen(text), used = BINDING_TAIL;
  memset(out, 0, BINDING_TAIL + 1);
  while (used && len)
    if (isalnum((unsigned char)text[--len]))
      out[--used] = (char)toupper((unsigned char)text[len]);
  if (used) out[0] = '\0';  // too short for any
}

static bool ends_in(const char *number, const char *tail) {
  char own[BINDING_TAIL + 1];
  read_tail(number, own);
  return own[0] && !strcmp(own, tail);
}

// Of the newest stay; the record number where its own was not said.
static bool is_tail(struct care *care, int64_t patient, const char *typed) {
  char tail[BINDING_TAIL + 1];
  bool right = false;
  read_tail(typed ? typed : "", tail);
  struct stmt *rows = store_query(
      care->store,
      "SELECT visit FROM (SELECT visit FROM encounter WHERE patient=?1 AND"
      " status<>'cancelled' ORDER BY id DESC LIMIT 1) WHERE substr(visit,1,1)<>'~' UNION"
      " ALL SELECT value FROM identity WHERE person=?1 AND kind='mrn'",
      "i", patient);
  while (!right && tail[0] && stmt_row(rows)) right = ends_in(stmt_text(rows, 0), tail);
  stmt_done(rows);
  return right;
}

static bool is_relation(const char *word) {
  static const char *const known[] = {"self",   "spouse",  "child",
                                      "parent", "sibling", "other"};
  for (size_t i = 0; word && i < sizeof known / sizeof *known; i++)
    if (!strcmp(known[i], word)) return true;
  return false;
}

// The account's own person, when it is known; never a patient's, but for himself.
static int64_t person_of_account(struct care *care, const struct request *request,
                                 const char *kind) {
  return store_int(care->store, 0,
                   "SELECT i.person FROM identity i LEFT JOIN contact c ON"
                   " c.person=i.person AND c.patient=?3 WHERE i.value=?1 AND i.kind=?2"
                   " AND i.person>0 AND i.person<>?3 ORDER BY c.patient IS NULL, i.id"
                   " LIMIT 1",
                   "tti", request->account, kind, request->patient);
}

static int64_t person_of_phone(struct care *care, int64_t patient, const char *phone) {
  return store_int(care->store, 0,
                   "SELECT c.person FROM contact c JOIN identity i ON i.person=c.person"
                   " WHERE c.patient=?1 AND c.person<>?1 AND i.kind='phone' AND"
                   " i.value=?2 LIMIT 1",
                   "it", patient, phone);
}

static int64_t new_person(struct care *care, const char *phone) {
  int64_t person = person_new(care->store, "contact");
  if (phone[0]) identity_add(care->store, person, "phone", phone, 1, phone_flag(phone));
  return person;
}

// Nobody is guessed: who gives no number that a contact has is a new one.
static int64_t find_person(struct care *care, const struct request *request,
                           const char *kind) {
  char phone[PHONE_SIZE] = "";
  int64_t person = 0;
  if (!strcmp(request->relation, "self")) return request->patient;
  if (request->phone && !phone_normalize(request->phone, strlen(request->phone), phone))
    phone[0] = '\0';
  person = person_of_account(care, request, kind);
  if (!person && phone[0]) person = person_of_phone(care, request->patient, phone);
  return person ? person : new_person(care, phone);
}

static void add_contact(struct care *care, const struct request *request,
                        int64_t person) {
  contact_add_self(care, request->patient);
  store_exec(care->store,
             "INSERT INTO contact (patient, person, relation, position) SELECT ?1, ?2, "
             "?3, coalesce(max(position),0)+1 FROM contact WHERE patient=?1 ON CONFLICT "
             "(patient, person) DO NOTHING",
             "iit", request->patient, person, request->relation);
}

// The account's row of this person: one that was nobody's becomes his.
static int64_t account_row(struct care *care, const char *account, const char *kind,
                           int64_t person) {
  int64_t row = store_int(care->store, 0,
                          "SELECT id FROM identity WHERE value=?1 AND kind=?2 AND person"
                          " IN (0, ?3) ORDER BY person DESC LIMIT 1",
                          "tti", account, kind, person);
  if (row) {
    store_exec(care->store, "UPDATE identity SET person=?2, flag=NULL WHERE id=?1", "ii",
               row, person);
    return row;
  }
  identity_add(care->store, person, kind, account, 1, NULL);
  return store_last_id(care->store);
}

static void audit(struct care *care, const char *actor, const char *action,
                  int64_t patient, int64_t person) {
  struct buf object = {0}, detail = {0};
  buf_printf(&object, "patient:%lld", (long long)patient);
  buf_printf(&detail, "contact %lld", (long long)person);
  care_audit(care, actor, action, object.data, detail.data);
  buf_deinit(&object);
  buf_deinit(&detail);
}

static void bind(struct care *care, struct inbox_row *row,
                 const struct request *request) {
  const char *kind = care->channels.address_kind(care->channels.self, request->channel);
  int64_t person = find_person(care, request, kind);
  add_contact(care, request, person);
  store_exec(care->store,
             "INSERT INTO binding (patient, person, identity, at, channel) VALUES "
             "(?1,?2,?3,?4,?5) ON CONFLICT (patient, person, identity) DO UPDATE SET "
             "at=excluded.at, ended_at=NULL, ended_by=NULL",
             "iiiit", request->patient, person,
             account_row(care, request->account, kind, person), kernel_now(care->kernel),
             request->channel);
  audit(care, "page", "bind", request->patient, person);
  message_wake_for_patient(care, request->patient);
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "patient", request->patient);
  mapping_text(&map, "relation", request->relation);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static int apply_bind(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct request request;
  int code = request_read(&row->body, &request, status);
  if (!code && (!request.account || !request.channel || !request.code))
    code = status_fail(status, ERR_INVALID, "account, channel and code are needed");
  if (!code) request.patient = card_patient(care, request.code);
  if (code)
    ;
  else if (!request.patient)
    answer(row, 404, "no card has this code");
  else if (is_locked(care, request.code))
    answer(row, 429, "too many wrong numbers; try again in an hour");
  else if (!is_relation(request.relation))
    answer(row, 422, "say who you are to the patient");
  else if (!is_tail(care, request.patient, request.tail))
    count_wrong(care, request.code), answer(row, 422, "this is not the stay number");
  else
    bind(care, row, &request);
  request_deinit(&request);
  return code;
}

// An account's, or with account NULL all of this person.
static int end_bindings(struct care *care, const struct request *request, int64_t person,
                        const char *by) {
  store_exec(care->store,
             "INSERT INTO binding (patient, person, identity, at, channel) SELECT"
             " c.patient, c.person, i.id, ?3, '' FROM contact c JOIN identity i ON"
             " i.person=c.person WHERE c.patient=?1 AND (?2=0 OR c.person=?2) AND"
             " i.kind NOT IN ('name','phone','address','mrn','national-id','email') AND"
             " (?4 IS NULL OR i.value=?4) ON CONFLICT (patient, person, identity) DO"
             " NOTHING",
             "iiit", request->patient, person, kernel_now(care->kernel),
             request->account);
  return store_exec(care->store,
                    "UPDATE binding SET ended_at=?3, ended_by=?5 WHERE patient=?1 AND"
                    " (?2=0 OR person=?2) AND ended_at IS NULL AND (?4 IS NULL OR EXISTS"
                    " (SELECT 1 FROM identity i WHERE i.id=binding.identity AND"
                    " i.value=?4))",
                    "iiitt", request->patient, person, kernel_now(care->kernel),
                    request->account, by);
}

static int apply_unbind(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct request request;
  struct value patient = value_field(&row->body, "patient"),
               person = value_field(&row->body, "person");
  int code = request_read(&row->body, &request, status);
  if (!code)
    request.patient =
        request.code ? card_patient(care, request.code) : value_int_or(&patient, 0);
  if (!code && (!request.patient || (!request.account && !value_int_or(&person, 0))))
    code = status_fail(status, ERR_INVALID,
                       "field \"person\" is missing: whose account; ids are in the "
                       "patient's contacts");
  if (!code) {
    const char *by = request.by ? request.by : "page";
    int ended = end_bindings(care, &request, value_int_or(&person, 0), by);
    if (ended) audit(care, by, "unbind", request.patient, value_int_or(&person, 0));
    message_wake_for_patient(care, request.patient);
    struct mapping map = mapping_begin(&row->result);
    mapping_int(&map, "ended", ended);
    mapping_int(&map, "status", 200);
    mapping_end(&map);
  }
  request_deinit(&request);
  return code;
}

void binding_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "bind", .apply = apply_bind}, {.kind = "unbind", .apply = apply_unbind}};
  for (size_t i = 0; i < 2; i++) kernel_handle_inbox(care->kernel, &handlers[i], care);
}

void binding_followed(struct care *care, int64_t identity, bool follows) {
  store_exec(care->store,
             "UPDATE identity SET flag=?2 WHERE coalesce(flag,'') IN ('','void') AND"
             " EXISTS (SELECT 1 FROM identity mine WHERE mine.id=?1 AND"
             " mine.value=identity.value AND mine.kind=identity.kind) AND value=(SELECT"
             " value FROM identity WHERE id=?1)",
             "it", identity, follows ? NULL : "void");
}
