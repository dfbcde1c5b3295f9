// A rung's time is over: what is known of its message says what follows.
#include <string.h>

#include "care/ladder_climb.h"
#include "care/ladder_run.h"
#include "care/ladder_steps.h"

static const char *why_unread(struct care *care, const struct rung *rung,
                              const struct signs *signs) {
  bool promises = rung_receipts(care, rung) != RECEIPTS_NONE;
  if (signs->doubted) return "in-doubt";
  if (signs->read_at) return "unanswered";
  return promises && !signs->delivered ? "no-receipt" : "unread";
}

// The time of a send's rung is up: what promises no receipt has arrived as far as anybody
// knows.
static void look_at_send(struct care *care, struct climb *climb,
                         const struct signs *signs) {
  bool promises = rung_receipts(care, &climb->rung) != RECEIPTS_NONE;
  if (!promises && !signs->doubted)
    ladder_arrived(care, &climb->ladder, "accepted");
  else
    ladder_move_on(care, &climb->ladder, &climb->rung,
                   why_unread(care, &climb->rung, signs));
}

// Who reads just now gets the rung's time once more.
static void look_at_ask(struct care *care, struct climb *climb,
                        const struct signs *signs) {
  if (signs->read_at &&
      ladder_in_time(care, &climb->ladder, &climb->rung, signs->read_at))
    ladder_wait(care, &climb->ladder, &climb->rung, signs->read_at);
  else
    ladder_move_on(care, &climb->ladder, &climb->rung,
                   why_unread(care, &climb->rung, signs));
}

// With its enrollment, or by a person.
static bool is_paused(const struct ladder *ladder) {
  return strcmp(ladder->run.status, "paused") == 0;
}

static void look(struct care *care, struct climb *climb) {
  struct signs signs = signs_of(care, &climb->ladder, &climb->rung);
  if (!ladder_stands(care, &climb->ladder))
    ladder_finish(care, &climb->ladder, "ended");
  else if (is_paused(&climb->ladder))  // looked at after the same time
    ladder_wait(care, &climb->ladder, &climb->rung, kernel_now(care->kernel));
  else if (rung_is_call(&climb->rung))
    ladder_move_on(care, &climb->ladder, &climb->rung, "not-called");
  else if (ladder_is_ask(&climb->ladder))
    look_at_ask(care, climb, &signs);
  else
    look_at_send(care, climb, &signs);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct climb climb;
  climb_load(care, work->ref, 0, &climb);
  if (climb.present && climb.ladder.due_at == work->at) {
    climb.ladder.due_at = 0;  // its row is gone
    look(care, &climb);
  }
  climb_deinit(&climb);
}

// Nobody was told: looked at again, so that the silence ends some time.
static void refuse(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  struct climb climb;
  (void)why;  // the kernel logs it
  climb_load(care, work->ref, 0, &climb);
  climb.ladder.due_at = 0;
  if (climb.present)
    ladder_set_due(care, &climb.ladder, kernel_now(care->kernel) + CIVIL_HOUR_MS);
  climb_deinit(&climb);
}

// Whether anything says that it came: a receipt, an opened page, a call; or the channel
// tells no receipts.
static bool came(struct care *care, const struct ladder *ladder) {
  struct rung rung;
  bool came = false;
  for (int64_t at = 1; !came && rung_load(care, ladder, at, &rung); at++) {
    struct signs signs = signs_of(care, ladder, &rung);
    came = rung.taken_at && (rung_is_call(&rung) || signs.delivered || signs.read_at ||
                             rung_receipts(care, &rung) == RECEIPTS_NONE);
    rung_deinit(&rung);
  }
  return came;
}

const char *ladder_silence(struct care *care, int64_t question, int64_t run) {
  int64_t id =
      store_int(care->store, 0, "SELECT max(id) FROM ladder WHERE run=?1 AND question=?2",
                "ii", run, question);
  struct ladder ladder;
  if (!id) return "silent";
  bool silent = !ladder_load(care, id, &ladder) || came(care, &ladder);
  const char *why = silent ? "silent" : "no-receipt";
  if (!ladder.closed) ladder_finish(care, &ladder, why);
  ladder_deinit(&ladder);
  return why;
}

void ladder_handlers(struct care *care) {
  static const struct work_handler handler = {.apply = apply, .refuse = refuse};
  kernel_handle(care->kernel, WORK_LADDER, &handler, care);
}
