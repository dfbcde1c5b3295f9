// Receipts: any order, any number of times, sometimes before the acceptance is known.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "care/ladder.h"
#include "care/message_carried.h"
#include "care/message_result.h"
#include "care/said.h"

enum { EARLY_LIMIT = 10000 };  // receipts kept for acceptances that are still to come
static const int64_t early_ms = 3 * (int64_t)CIVIL_DAY_MS;

struct receipt {
  char channel[32], provider_id[128], state[16], detail[256];
};

void message_delivered(struct care *care, struct message *message) {
  message_wait(care, message, "delivered", NULL, 0);
  store_exec(care->store, "UPDATE message SET settled_at=?2 WHERE id=?1", "ii",
             message->id, kernel_now(care->kernel));
  if (message->first) ladder_delivered(care, message->id);
}

// The addressee has opened it, as the channel says.
static void was_read(struct care *care, const struct message *message) {
  store_exec(care->store, "UPDATE message SET read_at=coalesce(read_at,?2) WHERE id=?1",
             "ii", message->id, kernel_now(care->kernel));
  if (message->first) ladder_delivered(care, message->id);
}

static void set_attempt(struct care *care, int64_t attempt, const char *status,
                        const char *detail) {
  store_exec(care->store,
             "UPDATE attempt SET status=?2, detail=nullif(?3,'') WHERE id=?1", "itt",
             attempt, status, detail);
}

// Another road may be open or closed by now; what has arrived needs no other. One that is
// in flight is waited for: its result ends the message.
static void delivered(struct care *care, struct message *message, int64_t attempt,
                      const char *detail) {
  set_attempt(care, attempt, "delivered", detail);
  if (message_is(message, "in_flight") || message_is(message, "delivered")) return;
  if (message->carries) message_follow_try(care, message, "delivered", NULL);
  message_delivered(care, message);
}

// The next number or channel is tried, while there is one.
static void try_next(struct care *care, struct message *message, const char *detail) {
  if (message->carries) message_follow_try(care, message, "failed", detail);
  message_regenerate(care, message);
  message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
}

static void failed(struct care *care, struct message *message, int64_t attempt,
                   const char *detail) {
  set_attempt(care, attempt, "failed", detail);
  if (message_is(message, "accepted")) try_next(care, message, detail);
}

// Our own key, or the provider's number, in a receipt ends the doubt. What goes on anyhow
// is called back while it has not left; what a person ended stays as it is.
static void doubt_delivered(struct care *care, struct message *message, int64_t attempt,
                            const char *detail) {
  bool open = message_is(message, "in_doubt") || message_is(message, "planned") ||
              message_is(message, "held");
  if (open) message_accepted(care, message);
  if (message_is(message, "cancelled"))
    set_attempt(care, attempt, "delivered", detail);
  else
    delivered(care, message, attempt, detail);
}

// The same text would go again with its key, or a person would be asked: neither is
// needed, since it is known not to have arrived. What was decided or left by another road
// stays so.
static void doubt_failed(struct care *care, struct message *message, int64_t attempt,
                         const char *detail) {
  bool waits = message_is(message, "planned") || message_is(message, "held");
  bool doubted =
      message_is(message, "in_doubt") || (waits && message_is_doubtful(care, message));
  set_attempt(care, attempt, "failed", detail);
  if (doubted) try_next(care, message, detail);
}

static void keep_early(struct care *care, const struct receipt *receipt) {
  int64_t now = kernel_now(care->kernel);
  store_exec(care->store, "DELETE FROM receipt WHERE at<?1", "i", now - early_ms);
  if (store_int(care->store, 0, "SELECT count(*) FROM receipt", "") >= EARLY_LIMIT) {
    log_line(LOG_LEVEL_WARN, "receipt.dropped", "channel=%s", receipt->channel);
    return;
  }
  // What was delivered stays delivered, and what was read read.
  store_exec(care->store,
             "INSERT INTO receipt (channel,provider_id,state,detail,at) VALUES"
             " (?1,?2,?3,?4,?5) ON CONFLICT (channel,provider_id) DO UPDATE SET"
             " state=excluded.state, detail=excluded.detail WHERE state='partly' OR"
             " (state='failed' AND excluded.state<>'partly') OR excluded.state='read'",
             "tttti", receipt->channel, receipt->provider_id, receipt->state,
             receipt->detail, now);
}

static void settle_doubt(struct care *care, struct message *message, int64_t attempt,
                         const struct receipt *receipt) {
  bool partly = strcmp(receipt->state, "partly") == 0;
  store_exec(care->store,
             "UPDATE attempt SET provider_id=coalesce(provider_id,?2) WHERE id=?1", "it",
             attempt, receipt->provider_id);
  if (strcmp(receipt->state, "failed") == 0) {
    doubt_failed(care, message, attempt, receipt->detail);
    if (message_is(message, "in_flight")) keep_early(care, receipt);  // of the same key
  } else
    doubt_delivered(care, message, attempt, partly ? receipt->detail : "");
}

static void settle_known(struct care *care, struct message *message, int64_t attempt,
                         const char *status, const struct receipt *receipt) {
  const char *state = receipt->state;
  bool accepted = strcmp(status, "accepted") == 0;
  bool was_failed = strcmp(status, "failed") == 0;
  bool partly = strcmp(state, "partly") == 0;  // does not excuse a part that failed
  if (strcmp(state, "failed") != 0 && (accepted || (was_failed && !partly)))
    delivered(care, message, attempt, partly ? receipt->detail : "");
  else if (strcmp(state, "failed") == 0 && accepted)
    failed(care, message, attempt, receipt->detail);
}

// The same text went with one key each time: what became of it became of every try.
static void settle_same_key(struct care *care, int64_t attempt) {
  store_exec(care->store,
             "UPDATE attempt SET status=a.status FROM attempt a WHERE a.id=?1 AND"
             " a.status IN ('delivered','failed') AND attempt.key=a.key AND"
             " attempt.channel=a.channel AND attempt.status='in_doubt'",
             "i", attempt);
}

static void settle(struct care *care, int64_t attempt, const struct receipt *receipt) {
  char status[16] = "";
  struct stmt *row = store_query(
      care->store, "SELECT message, status FROM attempt WHERE id=?1", "i", attempt);
  bool found = stmt_row(row);
  int64_t id = found ? stmt_int(row, 0) : 0;
  if (found) snprintf(status, sizeof status, "%s", stmt_text(row, 1));
  stmt_done(row);
  struct message message;
  if (message_load(care->store, id, &message)) {
    if (strcmp(status, "in_doubt") == 0)
      settle_doubt(care, &message, attempt, receipt);
    else
      settle_known(care, &message, attempt, status, receipt);
    settle_same_key(care, attempt);
    if (strcmp(receipt->state, "read") == 0) was_read(care, &message);
  }
  message_deinit(&message);
}

// Two look-ups: IN would open a table of its own at each acceptance.
#define EARLY(name)                                                                \
  "SELECT r.channel, r.provider_id, r.state, coalesce(r.detail,'') FROM attempt a" \
  " JOIN receipt r ON r.channel=a.channel AND r.provider_id=a." name " WHERE a.id=?1"

void message_receipt_early(struct care *care, int64_t attempt) {
  struct receipt receipt = {0};
  struct stmt *row = store_query(
      care->store, EARLY("provider_id") " UNION ALL " EARLY("key"), "i", attempt);
  bool found = stmt_row(row);
  if (found) {
    snprintf(receipt.channel, sizeof receipt.channel, "%s", stmt_text(row, 0));
    snprintf(receipt.provider_id, sizeof receipt.provider_id, "%s", stmt_text(row, 1));
    snprintf(receipt.state, sizeof receipt.state, "%s", stmt_text(row, 2));
    snprintf(receipt.detail, sizeof receipt.detail, "%s", stmt_text(row, 3));
  }
  stmt_done(row);
  if (!found) return;
  store_exec(care->store, "DELETE FROM receipt WHERE channel=?1 AND provider_id=?2", "tt",
             receipt.channel, receipt.provider_id);
  settle(care, attempt, &receipt);
}

static int64_t attempt_of(struct care *care, const struct receipt *receipt) {
  int64_t known = store_int(
      care->store, 0, "SELECT max(id) FROM attempt WHERE provider_id=?1 AND channel=?2",
      "tt", receipt->provider_id, receipt->channel);
  return known ? known
               : store_int(care->store, 0,
                           "SELECT max(id) FROM attempt WHERE key=?1 AND channel=?2 AND"
                           " status='in_doubt'",
                           "tt", receipt->provider_id, receipt->channel);
}

static void apply_one(struct care *care, const struct receipt *receipt) {
  int64_t attempt = attempt_of(care, receipt);
  if (attempt)
    settle(care, attempt, receipt);
  else
    keep_early(care, receipt);
}

static bool fits(const struct value *text, size_t size) {
  return text->kind == VALUE_TEXT && text->text.len && text->text.len < size;
}

static void copy_text(const struct value *text, char *out, size_t size) {
  snprintf(out, size, "%.*s", text->kind == VALUE_TEXT ? (int)text->text.len : 0,
           text->kind == VALUE_TEXT ? text->text.data : "");
}

static void read_and_apply(struct care *care, const struct value *channel,
                           const struct value *item) {
  struct receipt receipt = {0};
  struct value id = value_field(item, "id"), state = value_field(item, "state"),
               detail = value_field(item, "detail");
  if (!fits(channel, sizeof receipt.channel) || !fits(&id, sizeof receipt.provider_id))
    return;
  copy_text(channel, receipt.channel, sizeof receipt.channel);
  copy_text(&id, receipt.provider_id, sizeof receipt.provider_id);
  copy_text(&state, receipt.state, sizeof receipt.state);
  copy_text(&detail, receipt.detail, sizeof receipt.detail);
  apply_one(care, &receipt);
}

static int apply_receipts(void *self, struct inbox_row *row, struct status *status) {
  struct value channel = value_field(&row->body, "channel"),
               list = value_field(&row->body, "receipts"), item;
  struct value_iter iter = value_iterate(&list);
  (void)status;
  while (value_next(&iter, NULL, &item)) read_and_apply(self, &channel, &item);
  return OK;
}

void message_receipt_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "receipt",
                                               .apply = apply_receipts};
  kernel_handle_inbox(care->kernel, &handler, care);
}

void message_receipts(struct care *care, const char *channel, const struct value *list,
                      inbox_done *done, void *self) {
  said_take(care, "receipt", "receipts", channel, list, done, self);
}
