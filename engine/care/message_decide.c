#include "care/message_decide.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "care/message_carried.h"
#include "care/message_result.h"

const char message_cancel_reasons[] = "told declined unneeded wrong";

struct decided {  // what a person said; texts owned, note may be NULL
  int64_t message;
  char *word, *by, *note;
};

static int read_decided(const struct inbox_row *row, const char *word,
                        struct decided *out, struct status *status) {
  struct value number = value_field(&row->body, "message"),
               said = value_field(&row->body, word), by = value_field(&row->body, "by"),
               note = value_field(&row->body, "note");
  *out = (struct decided){.message = value_int_or(&number, 0),
                          .word = value_copy_text(&said),
                          .by = value_copy_text(&by),
                          .note = value_copy_text(&note)};
  if (out->word && out->by) return OK;
  return status_fail(status, ERR_INVALID, "%s is missing: name it as text",
                     out->word ? "by" : word);
}

static void decided_deinit(struct decided *decided) {
  mem_free(decided->word);
  mem_free(decided->by);
  mem_free(decided->note);
}

static void answer(struct inbox_row *row, int64_t message) {
  struct merge fields = {0};
  merge_int(&fields, "message", message);
  merge_int(&fields, "status", 200);
  merge_end(&fields, &row->result);
}

struct keeping {
  const struct decided *decided;
  const char *deed;
};

static void keep(void *self, struct care *care, struct message *message) {
  const struct keeping *keeping = self;
  store_exec(care->store,
             "INSERT INTO message_deed (message, deed, staff, at, note) VALUES"
             " (?1,?2,?3,?4,?5)",
             "ittit", message->id, keeping->deed, keeping->decided->by,
             kernel_now(care->kernel), keeping->decided->note);
}

static void record(struct care *care, struct message *message,
                   const struct keeping *keeping, const char *action) {
  char object[32];
  keep((void *)keeping, care, message);
  snprintf(object, sizeof object, "message/%lld", (long long)keeping->decided->message);
  care_audit(care, keeping->decided->by, action, object, keeping->decided->word);
}

// What left with others is decided about with them, while they are all in doubt.
static int load_decided(struct care *care, int64_t id, struct message *out,
                        struct status *status) {
  int64_t carrier = message_carrier(care, id);
  if (carrier && message_load(care->store, carrier, out) && message_is(out, "in_doubt"))
    return OK;
  if (carrier) message_deinit(out);
  if (message_load(care->store, id, out)) return OK;
  return status_fail(status, ERR_NOT_FOUND, "there is no such message");
}

static void resend(struct care *care, struct message *message) {
  if (message_carrier(care, message->id)) message_part(care, message);
  message_regenerate(care, message);
  message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
}

static int resolve(struct care *care, const struct decided *decided,
                   struct message *message, struct status *status) {
  struct keeping keeping = {decided, decided->word};
  bool again = strcmp(decided->word, "resend") == 0;
  if (!message_is(message, "in_doubt"))
    return status_fail(status, ERR_CONFLICT, "message is %s, not in doubt: reload it",
                       message->status);
  if (!again && strcmp(decided->word, "sent") != 0)
    return status_fail(status, ERR_INVALID,
                       "decision is \"%s\": say \"resend\" or \"sent\"", decided->word);
  message_carried_each(care, message->id, keep, &keeping);
  record(care, message, &keeping, "message.resolve");
  if (again)
    resend(care, message);
  else
    message_accepted(care, message);
  return OK;
}

static int apply_resolve(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct decided decided;
  struct message message = {0};
  if (read_decided(row, "decision", &decided, status) == OK &&
      load_decided(care, decided.message, &message, status) == OK &&
      resolve(care, &decided, &message, status) == OK)
    answer(row, decided.message);
  message_deinit(&message);
  decided_deinit(&decided);
  return status->code;
}

static bool holds(const char *words, const char *word) {
  size_t len = strlen(word);
  for (const char *at = words; (at = strstr(at, word)); at += len)
    if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' ')) return len > 0;
  return false;
}

int message_cancel_check(const char *reason, struct status *status) {
  if (!reason)
    return status_fail(status, ERR_INVALID, "field \"reason\" is missing: say one of %s",
                       message_cancel_reasons);
  if (holds(message_cancel_reasons, reason)) return OK;
  return status_fail(status, ERR_INVALID, "reason is \"%s\": say one of %s", reason,
                     message_cancel_reasons);
}

static int may_cancel(const struct decided *decided, const struct message *message,
                      struct status *status) {
  static const char *const open[] = {"planned", "held", "in_flight", "in_doubt"};
  bool waits = false;
  for (size_t i = 0; i < sizeof open / sizeof *open; i++)
    waits |= message_is(message, open[i]);
  if (message_cancel_check(decided->word, status)) return status->code;
  if (message_is_page(message))
    return status_fail(status, ERR_CONFLICT,
                       "a page to staff goes on until its alert is acknowledged");
  if (!waits)
    return status_fail(status, ERR_CONFLICT, "message is %s: nothing of it waits",
                       message->status);
  return OK;
}

static int apply_cancel(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct decided decided;
  struct message message = {0};
  if (read_decided(row, "reason", &decided, status) == OK &&
      !message_load(care->store, decided.message, &message))
    status_fail(status, ERR_NOT_FOUND, "there is no such message");
  if (!status->code && may_cancel(&decided, &message, status) == OK) {
    record(care, &message, &(struct keeping){&decided, "cancel"}, "message.cancel");
    message_cancel(care, &message, decided.word);
    answer(row, decided.message);
  }
  message_deinit(&message);
  decided_deinit(&decided);
  return status->code;
}

void message_decide_handlers(struct care *care) {
  static const struct inbox_handler on_resolve = {.kind = "message.resolve",
                                                  .apply = apply_resolve};
  static const struct inbox_handler on_cancel = {.kind = "message.cancel",
                                                 .apply = apply_cancel};
  kernel_handle_inbox(care->kernel, &on_resolve, care);
  kernel_handle_inbox(care->kernel, &on_cancel, care);
}
