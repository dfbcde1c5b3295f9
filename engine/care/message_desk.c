#include "care/message_desk.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/message_day.h"

static const int64_t approval_ms = 3 * (int64_t)CIVIL_DAY_MS;

static void answer(struct inbox_row *row, const char *key, int64_t number) {
  size_t map = value_begin_map(&row->result);
  value_put_key(&row->result, key);
  value_put_int(&row->result, number);
  value_put_key(&row->result, "status");
  value_put_int(&row->result, 200);
  value_end(&row->result, map, 2);
}

static char *take_field(const struct inbox_row *row, const char *key,
                        struct status *status) {
  struct value field = value_field(&row->body, key);
  char *text = value_copy_text(&field);
  if (!text || !*text)
    status_fail(status, ERR_INVALID, "%s is missing: name it as text", key);
  return text;
}

// The second person is not the one who put the text into force.
static int check_second(struct care *care, const char *department, const char *by,
                        struct status *status) {
  char *first = store_text(care->store,
                           "SELECT activated_by FROM bundle WHERE department=?1 AND"
                           " active=1",
                           "t", department);
  bool same = first && strcmp(first, by) == 0;
  mem_free(first);
  if (!same) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "by is %s, who put these texts into force: a second person must"
                     " approve",
                     by);
}

static int64_t wake(struct care *care, const char *department, const char *name) {
  struct buf ids = {0};
  int64_t count = 0;
  message_ids(store_query(care->store,
                          "SELECT id FROM message WHERE status='held' AND"
                          " reason='mass-send' AND department=?1 AND name=?2",
                          "tt", department, name),
              &ids);
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    memcpy(&id, ids.data + at, sizeof id);
    struct message message;
    if (message_load(care->store, id, &message)) {
      message_wait(care, &message, "planned", NULL, kernel_now(care->kernel));
      count++;
    }
    message_deinit(&message);
  }
  buf_deinit(&ids);
  return count;
}

static int64_t approve(struct care *care, const char *department, const char *name,
                       const char *by) {
  int64_t now = kernel_now(care->kernel);
  char day[DAY_SIZE], object[256];
  day_text(care_zone(care, department), now, day);
  store_exec(care->store,
             "INSERT INTO mass (department,name,day,count,approved_until,approved_by)"
             " VALUES (?1,?2,?3,0,?4,?5) ON CONFLICT (department,name,day) DO UPDATE SET"
             " approved_until=?4, approved_by=?5",
             "tttit", department, name, day, now + approval_ms, by);
  snprintf(object, sizeof object, "%s/%s", department, name);
  care_audit(care, by, "message.approve", object, NULL);
  return wake(care, department, name);
}

static int apply_approve(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char *department = take_field(row, "department", status);
  char *name = status->code ? NULL : take_field(row, "name", status);
  char *by = status->code ? NULL : take_field(row, "by", status);
  if (!status->code && check_second(care, department, by, status) == OK)
    answer(row, "released", approve(care, department, name, by));
  mem_free(department);
  mem_free(name);
  mem_free(by);
  return status->code;
}

static void resend(struct care *care, struct message *message) {
  message_regenerate(care, message);
  message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
}

static int resolve(struct care *care, struct message *message, const char *decision,
                   struct status *status) {
  if (!message_is(message, "in_doubt"))
    return status_fail(status, ERR_CONFLICT, "message is %s, not in doubt: reload it",
                       message->status);
  if (strcmp(decision, "resend") == 0)
    resend(care, message);
  else if (strcmp(decision, "drop") == 0)
    message_end(care, message, "failed", "in-doubt");
  else
    return status_fail(status, ERR_INVALID,
                       "decision is \"%s\": say \"resend\" or \"drop\"", decision);
  return OK;
}

static int apply_resolve(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct value number = value_field(&row->body, "message");
  int64_t id = value_int_or(&number, 0);
  char *decision = take_field(row, "decision", status);
  char *by = status->code ? NULL : take_field(row, "by", status);
  struct message message = {0};
  if (!status->code && !message_load(care->store, id, &message))
    status_fail(status, ERR_NOT_FOUND, "there is no such message");
  if (!status->code && resolve(care, &message, decision, status) == OK) {
    char object[32];
    snprintf(object, sizeof object, "message/%lld", (long long)id);
    care_audit(care, by, "message.resolve", object, decision);
    answer(row, "message", id);
  }
  message_deinit(&message);
  mem_free(decision);
  mem_free(by);
  return status->code;
}

void message_desk_handlers(struct care *care) {
  static const struct inbox_handler on_approve = {.kind = "message.approve",
                                                  .apply = apply_approve};
  static const struct inbox_handler on_resolve = {.kind = "message.resolve",
                                                  .apply = apply_resolve};
  kernel_handle_inbox(care->kernel, &on_approve, care);
  kernel_handle_inbox(care->kernel, &on_resolve, care);
}
