// What a ladder hears: its messages' ends and receipts, its call's result, an answer.
#include <string.h>

#include "base/mem.h"
#include "care/ids.h"
#include "care/ladder_climb.h"
#include "care/ladder_run.h"
#include "care/ladder_steps.h"
#include "care/message.h"
#include "care/task.h"

static bool climb_of_message(struct care *care, int64_t message, struct climb *out) {
  int64_t ladder, position;
  memset(out, 0, sizeof *out);
  if (!ladder_of_message(care, message, &ladder, &position)) return false;
  climb_load(care, ladder, position, out);
  return out->present;
}

static char *reason_of(struct care *care, int64_t message) {
  return store_text(care->store, "SELECT reason FROM message WHERE id=?1", "i", message);
}

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words; words++)
    if (word && strcmp(word, *words) == 0) return true;
  return false;
}

// What concerns this channel or this person alone; all else would end the next rung's
// message, too.
static bool may_go_on(const struct climb *climb, const char *outcome,
                      const char *reason) {
  static const char *const roads[] = {"unreachable", "no-contact", "in-doubt", NULL};
  static const char *const reasons[] = {"no-consent",     "no-channel", "delayed",
                                        "channel-config", "breaker",    NULL};
  if (is_one_of(outcome, roads) || is_one_of(reason, reasons)) return true;
  return strcmp(outcome, "opted-out") == 0 && rung_is_family(&climb->rung);
}

static void ended(struct care *care, struct climb *climb, const char *outcome) {
  char *reason = reason_of(care, climb->rung.message);
  if (may_go_on(climb, outcome, reason)) {
    bool suppressed = strcmp(outcome, "suppressed") == 0;
    ladder_move_on(care, &climb->ladder, &climb->rung, suppressed ? reason : outcome);
  } else {
    ladder_finish(care, &climb->ladder, reason ? reason : outcome);
    ladder_tell_end(care, &climb->ladder, outcome);
  }
  mem_free(reason);
}

bool ladder_settled(struct care *care, int64_t message, const char *outcome) {
  struct climb climb;
  int64_t ladder, position;
  if (!ladder_of_message(care, message, &ladder, &position)) return false;
  if (climb_of_message(care, message, &climb)) {
    if (strcmp(outcome, "accepted") == 0)
      ladder_take(care, &climb.ladder, &climb.rung);
    else
      ended(care, &climb, outcome);
  }
  climb_deinit(&climb);
  return true;
}

// A channel that can't now, for longer than a try or two.
void ladder_held(struct care *care, int64_t message, const char *reason) {
  static const char *const unavailable[] = {"no-channel", "delayed", "channel-config",
                                            "breaker", NULL};
  struct climb climb;
  if (!is_one_of(reason, unavailable)) return;
  if (climb_of_message(care, message, &climb) &&
      ladder_has_more(care, &climb.ladder, climb.ladder.at))
    ladder_move_on(care, &climb.ladder, &climb.rung, "unavailable");
  climb_deinit(&climb);
}

// It may have arrived: it gets its time, and then the next rung.
void ladder_doubted(struct care *care, int64_t message) {
  struct climb climb;
  if (climb_of_message(care, message, &climb) &&
      ladder_has_more(care, &climb.ladder, climb.ladder.at))
    ladder_wait(care, &climb.ladder, &climb.rung, kernel_now(care->kernel));
  climb_deinit(&climb);
}

// The receipt of a send, if that is all there is to wait for.
static void receipt_came(struct care *care, struct climb *climb,
                         const struct signs *signs) {
  bool reads = rung_receipts(care, &climb->rung) == RECEIPTS_READ;
  if (signs->read_at)
    ladder_arrived(care, &climb->ladder, "read");
  else if (!reads || !climb->rung.within || !climb->present)
    ladder_arrived(care, &climb->ladder, "delivered");
}

// Of any of its rungs, also one that was left: late receipts are true as well.
void ladder_delivered(struct care *care, int64_t message) {
  struct climb climb = {0};
  int64_t ladder, position;
  if (!ladder_of_message(care, message, &ladder, &position)) return;
  climb_load(care, ladder, position, &climb);
  if (climb.live && !ladder_is_ask(&climb.ladder)) {
    struct signs signs = signs_of(care, &climb.ladder, &climb.rung);
    receipt_came(care, &climb, &signs);
  }
  climb_deinit(&climb);
}

static void call_done(struct care *care, struct climb *climb, const char *code) {
  const struct result_code *known = code ? result_code_find(code) : NULL;
  bool told = known && known->spoke;
  if (ladder_is_ask(&climb->ladder)) {
    if (ladder_has_more(care, &climb->ladder, climb->ladder.at))
      ladder_move_on(care, &climb->ladder, &climb->rung, code ? code : "withdrawn");
  } else if (told) {
    ladder_arrived(care, &climb->ladder, "called");
  } else {
    ladder_move_on(care, &climb->ladder, &climb->rung, "unreachable");
  }
}

void ladder_task_closed(struct care *care, int64_t task) {
  struct climb climb;
  int64_t ladder, position;
  if (!ladder_of_task(care, task, &ladder, &position)) return;
  climb_load(care, ladder, position, &climb);
  if (climb.present) {
    char *code = store_text(care->store, "SELECT code FROM task WHERE id=?1", "i", task);
    call_done(care, &climb, code);
    mem_free(code);
  }
  climb_deinit(&climb);
}

bool ladder_has_left(struct care *care, int64_t message) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM rung JOIN ladder ON ladder.id=rung.ladder WHERE"
                   " rung.message=?1 AND (left_at IS NOT NULL OR closed_at IS NOT NULL)",
                   "i", message) != 0;
}

// Another run's asking goes on with the question: this one's waits for it, too, from now.
static void close(struct care *care, struct ladder *ladder, const char *reason) {
  bool again = strcmp(reason, LADDER_ASKED_AGAIN) == 0;
  if (again && !ladder->taken_at) ladder_tell_taken(care, ladder);
  ladder_finish(care, ladder, reason);
}

void ladder_close(struct care *care, int64_t question, const char *reason) {
  struct ids open = ids_read(store_query(
      care->store, "SELECT id FROM ladder WHERE question=?1 AND closed_at IS NULL", "i",
      question));
  for (int64_t id; ids_next(&open, &id);) {
    struct ladder ladder;
    if (ladder_load(care, id, &ladder)) close(care, &ladder, reason);
    ladder_deinit(&ladder);
  }
}
