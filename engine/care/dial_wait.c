// What is known of a call while nobody has told how it ended.
#include "care/dial_wait.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/dial.h"

enum { RINGS_MS = 2 * CIVIL_MINUTE_MS };  // longer than it rings anywhere

bool dial_is_ringing(struct care *care, int64_t patient, int64_t identity,
                     struct dial_ringing *out) {
  // Whose request's answer was lost at a desk hears for herself whether that rings. A
  // result that somebody gave since tells that the call is over.
  struct stmt *row = store_query(
      care->store,
      "SELECT at, until, by_who FROM (SELECT d.at, d.by_who, d.task, CASE WHEN"
      " d.status='unknown' AND d.extension IS NOT NULL THEN min(d.unknown_at, d.at+?4)"
      " ELSE d.unknown_at END AS until FROM dial d WHERE d.ended_at IS NULL AND"
      " (d.patient=?1 OR d.identity=?2)) d WHERE until>?3 AND NOT EXISTS (SELECT 1 FROM"
      " call c WHERE c.task=d.task AND c.at>=d.at) ORDER BY until DESC LIMIT 1",
      "iiii", patient, identity, kernel_now(care->kernel), (int64_t)RINGS_MS);
  bool found = stmt_row(row);
  if (found) {
    *out = (struct dial_ringing){.since = stmt_int(row, 0), .until = stmt_int(row, 1)};
    snprintf(out->by, sizeof out->by, "%s", stmt_text(row, 2));
  }
  stmt_done(row);
  return found;
}

struct sent {
  int64_t dial;
  struct channel_result result;
};

// A call is not tried again by itself: it would ring a desk where nobody expects it.
static const char *status_of(enum result_kind kind) {
  return kind == RESULT_ACCEPTED    ? "accepted"
         : kind == RESULT_AMBIGUOUS ? "unknown"
                                    : "failed";
}

static void touch_task(struct care *care, int64_t dial) {
  store_exec(care->store,
             "UPDATE task SET revision=revision+1 WHERE id=(SELECT task FROM dial WHERE"
             " id=?1)",
             "i", dial);
}

static void set_status(struct care *care, int64_t dial, const char *status,
                       const struct channel_result *result) {
  bool over = strcmp(status, "failed") == 0;
  store_exec(
      care->store,
      "UPDATE dial SET status=?2, detail=nullif(?3,''), ended_at=?4 WHERE id=?1 AND"
      " status='in_flight'",
      "ittI", dial, status, result->detail, over ? kernel_now(care->kernel) : 0);
  store_exec(care->store,
             "UPDATE dial SET provider_id=nullif(?2,'') WHERE id=?1 AND provider_id IS"
             " NULL",
             "it", dial, result->provider_id);
  touch_task(care, dial);
}

static void apply_sent(void *self, struct work *work) {
  const struct sent *sent = work->prepared;
  set_status(self, sent->dial, status_of(sent->result.kind), &sent->result);
}

static void apply_recover(void *self, struct work *work) {
  const struct sent *sent = work->prepared;
  set_status(self, sent->dial, "unknown", &sent->result);
}

static void release(void *self, struct work *work) {
  (void)self;
  mem_free(work->prepared);
}

static void post(struct care *care, const struct work_handler *handler, int64_t dial,
                 const struct channel_result *result) {
  struct sent *sent = mem_alloc(sizeof *sent);
  *sent = (struct sent){dial, *result};
  kernel_post(care->kernel, -dial, handler, care, sent);
}

void dial_sent(struct care *care, int64_t dial, const struct channel_result *result) {
  static const struct work_handler handler = {.apply = apply_sent, .release = release};
  post(care, &handler, dial, result);
}

void dial_recover(struct care *care) {
  static const struct work_handler handler = {.apply = apply_recover, .release = release};
  struct channel_result doubt = {.kind = RESULT_AMBIGUOUS, .detail = "restart"};
  struct stmt *row =
      store_query(care->store, "SELECT id FROM dial WHERE status='in_flight'", "");
  while (stmt_row(row)) post(care, &handler, stmt_int(row, 0), &doubt);
  stmt_done(row);
}

// The exchange never told how it ended: the nurse is told that, and may ring again. What
// is told later counts.
static void apply_unknown(void *self, struct work *work) {
  struct care *care = self;
  struct stmt *row = store_query(care->store,
                                 "SELECT task, channel FROM dial WHERE id=?1 AND status"
                                 " IN ('in_flight','accepted')",
                                 "i", work->ref);
  bool open = stmt_row(row);
  if (open)
    log_line(LOG_LEVEL_WARN, "dial.unknown", "task=%lld channel=%s",
             (long long)stmt_int(row, 0), stmt_text(row, 1));
  stmt_done(row);
  if (!open) return;
  store_exec(care->store,
             "UPDATE dial SET status='unknown', detail='not reported' WHERE id=?1", "i",
             work->ref);
  touch_task(care, work->ref);
}

static void refuse_unknown(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  (void)why;  // the kernel logs it
  due_add(care->kernel, DUE_TASK, kernel_now(care->kernel) + RINGS_MS, WORK_DIAL,
          work->ref, work->key);
}

void dial_wait_handlers(struct care *care) {
  static const struct work_handler handler = {.apply = apply_unknown,
                                              .refuse = refuse_unknown};
  kernel_handle(care->kernel, WORK_DIAL, &handler, care);
}
