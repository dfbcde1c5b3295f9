#include "care/proof.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/message.h"
#include "care/phone.h"
#include "care/proof_row.h"
#include "care/task.h"

enum { DIGITS = 6, TRIES = 5, SENDS = 5, HOUR_MS = 3600000, AGAIN_MS = 60000 };
#define TASK "prove-number"

static int refuse(struct inbox_row *row, int code, const char *why) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "detail", why);
  mapping_int(&map, "status", code);
  mapping_end(&map);
  return OK;  // what it cost, a try or nothing, is kept
}

static void draw(char out[DIGITS + 1]) {
  char id[17];
  digest_random_id(id);
  for (int i = 0; i < DIGITS; i++)
    out[i] = (char)('0' + ((unsigned char)id[i] * 7 + (unsigned char)id[15 - i]) % 10);
  out[DIGITS] = '\0';
}

static void audit(struct care *care, const char *by, const char *action, int64_t patient,
                  int64_t identity) {
  char object[40], detail[40];
  snprintf(object, sizeof object, "patient:%lld", (long long)patient);
  snprintf(detail, sizeof detail, "number %lld", (long long)identity);
  care_audit(care, by, action, object, detail);
}

static const char *cannot_take_codes(const struct proof_number *number) {
  if (!strcmp(number->flag, "landline"))
    return "this number takes no texts; ring it at the bedside and record that it rang";
  if (!strcmp(number->flag, "void"))
    return "no such number can be, or it was said to be somebody else's; correct it, or "
           "ring it at the bedside and record that it rang";
  if (!strcmp(number->flag, "placeholder"))
    return "this looks like nobody's number; ask for the right one, or ring it at the "
           "bedside and record that it rang";
  return NULL;
}

static const char *too_often(const struct proof *proof, int64_t now) {
  if (!proof->identity) return NULL;
  if (proof->sent_at > now - AGAIN_MS)
    return "a code was sent less than a minute ago; wait for it";
  if (proof->begun_at > now - HOUR_MS && proof->sent >= SENDS)
    return "this number was sent five codes within the hour; ring it at the bedside and "
           "record that it rang";
  return NULL;
}

static int64_t send(struct care *care, const struct proof_number *number,
                    const char *department, const char *code, int64_t until) {
  struct buf fields = {0}, audience = {0};
  struct value view;
  struct mapping map = mapping_begin(&fields);
  mapping_text(&map, "code", code);
  mapping_int(&map, "minutes", PROOF_MINUTES);
  mapping_end(&map);
  value_read(fields.data, fields.len, &view);
  buf_printf(&audience, "%lld", (long long)number->person);
  // Somebody at the bedside waits for it: it goes at any hour and counts in no budget.
  int64_t id = message_plan(care, &(struct message_spec){.patient = number->patient,
                                                         .department = department,
                                                         .kind = "send",
                                                         .class_ = "safety",
                                                         .name = "number-code",
                                                         .audience = audience.data,
                                                         .via = "sms",
                                                         .fields = &view,
                                                         .address = number->identity,
                                                         .valid_until = until});
  buf_deinit(&fields);
  buf_deinit(&audience);
  return id;
}

static void tell_sent(struct inbox_row *row, int64_t until, int64_t message) {
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "expires_at", until);
  mapping_int(&map, "message", message);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static int send_code(struct care *care, struct inbox_row *row,
                     const struct proof_number *number, const char *department,
                     const char *by) {
  int64_t now = kernel_now(care->kernel), until = now + PROOF_MINUTES * 60000LL;
  struct proof proof = {0};
  char code[DIGITS + 1];
  proof_load(care, number->identity, &proof);
  const char *cannot = cannot_take_codes(number), *often = too_often(&proof, now);
  if (cannot) return refuse(row, 422, cannot);
  if (often) return refuse(row, 429, often);
  draw(code);
  bool anew = proof.begun_at <= now - HOUR_MS;
  int64_t message = send(care, number, department, code, until);
  proof_put(care,
            &(struct proof){.identity = number->identity,
                            .patient = number->patient,
                            .sent_at = now,
                            .expires_at = until,
                            .sent = anew ? 1 : proof.sent + 1,
                            .begun_at = anew ? now : proof.begun_at,
                            .message = message},
            code, by);
  audit(care, by, "number.code", number->patient, number->identity);
  tell_sent(row, until, message);
  return OK;
}

static int apply_code(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct proof_number number;
  char *department = NULL, *by = NULL;
  if (proof_number_read(care, &row->body, &number, status)) return status->code;
  int code = field_text(&row->body, "department", 64, &department, status);
  if (!code) code = field_text(&row->body, "by", STAFF_SIZE, &by, status);
  if (!code && !department) department = proof_department(care, number.patient);
  if (!code && !department)
    code =
        status_fail(status, ERR_INVALID,
                    "field \"department\" is missing: no stay of this patient is known");
  if (!code) code = send_code(care, row, &number, department, by ? by : "");
  mem_free(department);
  mem_free(by);
  return code;
}

static void tell_proved(struct care *care, struct inbox_row *row) {
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "proved_at", kernel_now(care->kernel));
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static int prove(struct care *care, struct inbox_row *row,
                 const struct proof_number *number, const char *how, const char *by) {
  proof_keep(care, number, how, by);
  task_withdraw_named(care, number->patient, TASK, 0, "proved");
  message_wake_for_patient(care, number->patient);  // it may be a way that was none
  audit(care, by, "number.prove", number->patient, number->identity);
  tell_proved(care, row);
  return OK;
}

static int check_code(struct care *care, struct inbox_row *row,
                      const struct proof_number *number, const char *code,
                      const char *how, const char *by) {
  struct proof proof = {0};
  if (!proof_load(care, number->identity, &proof))
    return refuse(row, 422, "this number was sent no code; send one first");
  if (proof.expires_at <= kernel_now(care->kernel))
    return refuse(row, 410, "this code is over; send a new one");
  if (proof.wrong >= TRIES)
    return refuse(row, 429, "this code was mistyped five times; send a new one");
  if (!proof_is(care, number->identity, code)) {
    proof_missed(care, number->identity);
    return refuse(row, 422, "this is not the code that was sent; read it once more");
  }
  return prove(care, row, number, how, by ? by : proof.by);
}

static int apply_prove(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct proof_number number;
  char *typed = NULL, *how = NULL, *by = NULL;
  if (proof_number_read(care, &row->body, &number, status)) return status->code;
  int code = field_text(&row->body, "code", 16, &typed, status);
  if (!code) code = field_text(&row->body, "how", 16, &how, status);
  if (!code) code = field_text(&row->body, "by", STAFF_SIZE, &by, status);
  bool rang = how && !strcmp(how, "ring");
  if (!code && (how ? !rang || typed : !typed))
    code = status_fail(status, ERR_INVALID,
                       "give \"code\", as it was told, or \"how\": \"ring\"");
  if (!code && rang)
    code = phone_flag(number.phone) && !strcmp(phone_flag(number.phone), "void")
               ? refuse(row, 422, "no such number can be; correct it")
               : prove(care, row, &number, "ring", by ? by : "");
  else if (!code)
    code = check_code(care, row, &number, typed, "code", by ? by : "");
  mem_free(typed);
  mem_free(how);
  mem_free(by);
  return code;
}

// A number may serve several people, each with a code of its own.
static int apply_typed(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct proof_number number;
  char phone[PHONE_SIZE] = "", *given = NULL, *typed = NULL;
  int code = field_text(&row->body, "phone", 64, &given, status);
  if (!code) code = field_text(&row->body, "code", 16, &typed, status);
  if (!code && given && typed && phone_normalize(given, strlen(given), phone) &&
      proof_number_of(care, phone, typed, &number))
    code = check_code(care, row, &number, typed, "page", NULL);
  else if (!code)
    code = refuse(row, 422, "this number was sent no code; send one first");
  mem_free(given);
  mem_free(typed);
  return code;
}

void proof_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "number.code", .apply = apply_code},
      {.kind = "number.prove", .apply = apply_prove},
      {.kind = "number.typed", .apply = apply_typed}};
  for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
    kernel_handle_inbox(care->kernel, &handlers[i], care);
}

void proof_discharged(struct care *care, int64_t patient, const char *department) {
  struct status status = {0};
  if (!department) return;
  struct value definition = catalog_department(care->catalog, department);
  struct value role = value_field(&definition, "prove_numbers");
  char *post = value_copy_text(&role);
  if (post && !proof_any(care, patient))
    task_open(care,
              &(struct task_spec){
                  .patient = patient,
                  .department = department,
                  .name = TASK,
                  .role = post,
                  .note = "没有核实过的号码，请在离院前拨通或用验证码核实 / no number is "
                          "proved: ring it at the bedside, or send it a code",
                  .due_at = task_due(care, department, post, "4h", &status)});
  mem_free(post);
}
