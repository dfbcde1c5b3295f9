#include "care/ladder.h"

#include <string.h>

#include "base/mem.h"
#include "care/consent.h"
#include "care/facts.h"
#include "care/ladder_row.h"
#include "care/ladder_run.h"
#include "care/ladder_steps.h"
#include "care/line.h"
#include "care/message.h"
#include "care/prefer.h"
#include "care/sending.h"
#include "care/task_row.h"

bool ladder_wanted(const struct value *via) {
  struct value_iter iter = value_iterate(via);
  struct value item;
  if (via->kind != VALUE_LIST) return false;
  while (value_next(&iter, NULL, &item))
    if (item.kind == VALUE_MAP || value_is(&item, "call")) return true;
  return false;
}

// When the rung's time is over that began at this moment; 0: it has none.
static int64_t time_up(struct care *care, const struct ladder *ladder,
                       const struct rung *rung, int64_t from) {
  const struct run *run = &ladder->run;
  struct subject subject = {.care = care,
                            .department = run->department,
                            .patient = run->patient,
                            .enrollment = run->enrollment};
  struct status status = {0};
  int64_t at = 0;
  if (!rung->within || facts_time(&subject, rung->within, from, &at, &status)) return 0;
  return at;
}

void ladder_wait(struct care *care, struct ladder *ladder, const struct rung *rung,
                 int64_t from) {
  ladder_set_due(care, ladder, time_up(care, ladder, rung, from));
}

bool ladder_in_time(struct care *care, const struct ladder *ladder,
                    const struct rung *rung, int64_t from) {
  return time_up(care, ladder, rung, from) > kernel_now(care->kernel);
}

// What is on its way by another rung is not needed any more, nor is a send's call.
static void withdraw(struct care *care, const struct ladder *ladder, const char *reason) {
  struct buf ids = {0};
  struct stmt *rows = store_query(
      care->store, "SELECT message, task FROM rung WHERE ladder=?1", "i", ladder->id);
  while (stmt_row(rows)) {
    int64_t pair[2] = {stmt_int(rows, 0), stmt_int(rows, 1)};
    buf_put(&ids, pair, sizeof pair);
  }
  stmt_done(rows);
  for (size_t at = 0; at < ids.len; at += 2 * sizeof(int64_t)) {
    int64_t pair[2];
    memcpy(pair, ids.data + at, sizeof pair);
    if (pair[0]) message_cancel_one(care, pair[0], reason);
    if (pair[1] && !ladder_is_ask(ladder)) task_withdraw(care, pair[1], 0, reason);
  }
  buf_deinit(&ids);
}

void ladder_finish(struct care *care, struct ladder *ladder, const char *reason) {
  ladder_set_due(care, ladder, 0);
  ladder->closed = true;
  store_exec(care->store, "UPDATE ladder SET closed_at=?2, reason=?3 WHERE id=?1", "iit",
             ladder->id, kernel_now(care->kernel), reason);
  withdraw(care, ladder, reason);
}

void ladder_arrived(struct care *care, struct ladder *ladder, const char *reason) {
  ladder_finish(care, ladder, reason);
  ladder_tell_arrived(care, ladder);
}

// Nothing is left to try. What was asked is still waited for, where anybody may have it.
static void run_out(struct care *care, struct ladder *ladder, const char *why) {
  bool waits = ladder_is_ask(ladder) && ladder->taken_at;
  ladder_finish(care, ladder, why);
  if (!waits) ladder_tell_end(care, ladder, why);
}

void ladder_take(struct care *care, struct ladder *ladder, struct rung *rung) {
  int64_t now = kernel_now(care->kernel);
  rung->taken_at = now;
  store_exec(care->store, "UPDATE rung SET taken_at=?3 WHERE ladder=?1 AND position=?2",
             "iii", ladder->id, rung->position, now);
  if (!ladder->taken_at) {
    ladder->taken_at = now;
    store_exec(care->store, "UPDATE ladder SET taken_at=?2 WHERE id=?1", "ii", ladder->id,
               now);
  }
  ladder_wait(care, ladder, rung, now);
  if (ladder_is_ask(ladder))
    ladder_tell_taken(care, ladder);
  else if (!rung->within && !rung_is_call(rung))
    ladder_arrived(care, ladder, "accepted");
}

// Whoever is to be rung may have said no to that. What may be sent is looked at when it
// leaves.
static const char *no_call(struct care *care, const struct ladder *ladder,
                           const struct rung *rung) {
  const struct run *run = &ladder->run;
  struct preference unused;
  struct value args = ladder_args(ladder);
  struct sending sending = {run, ladder->kind, ladder->name, ladder->question, &args};
  int64_t person =
      preference_find(&unused, care, run->department, run->patient, rung->audience);
  if (!person) return "no-contact";
  char *class = sending_class(care, &sending);
  bool may = consent_given(care, run->patient, person, class, "phone");
  mem_free(class);
  return may ? NULL : "no-consent";
}

// Why a rung can't be begun; NULL: it can.
static const char *hindrance(struct care *care, const struct ladder *ladder,
                             const struct rung *rung) {
  const struct channels_port *port = &care->channels;
  if (rung_is_call(rung)) return no_call(care, ladder, rung);
  bool there = port->known(port->self, rung->channel);
  return there && !line_is_shut(care, rung->channel) ? NULL : "unavailable";
}

static void begin(struct care *care, struct ladder *ladder, struct rung *rung) {
  ladder->at = rung->position;
  ladder_set_due(care, ladder, 0);
  store_exec(care->store, "UPDATE ladder SET at=?2 WHERE id=?1", "ii", ladder->id,
             rung->position);
  if (rung_is_call(rung))
    rung->task = ladder_call(care, ladder, rung);
  else
    rung->message = ladder_message(care, ladder, rung);
  store_exec(care->store,
             "UPDATE rung SET began_at=?3, message=?4, task=?5 WHERE ladder=?1 AND"
             " position=?2",
             "iiiII", ladder->id, rung->position, kernel_now(care->kernel), rung->message,
             rung->task);
  if (rung->task) ladder_take(care, ladder, rung);
}

static void leave(struct care *care, const struct ladder *ladder, int64_t position,
                  const char *why) {
  store_exec(care->store,
             "UPDATE rung SET left_at=?3, why=?4 WHERE ladder=?1 AND position=?2", "iiit",
             ladder->id, position, kernel_now(care->kernel), why);
}

// The next rung that can be begun. The last one is begun even where its channel is not
// there: its message is held then, and its end has a reason.
static bool begin_next(struct care *care, struct ladder *ladder) {
  struct rung rung;
  if (!ladder_stands(care, ladder)) {
    ladder_finish(care, ladder, "ended");
    return true;
  }
  for (int64_t position = ladder->at + 1; rung_load(care, ladder, position, &rung);
       position++) {
    const char *why = hindrance(care, ladder, &rung);
    bool last = !ladder_has_more(care, ladder, position);
    bool begun = !why || (last && !rung_is_call(&rung));
    if (begun)
      begin(care, ladder, &rung);
    else
      leave(care, ladder, position, why);
    rung_deinit(&rung);
    if (begun) return true;
  }
  rung_deinit(&rung);
  return false;
}

bool ladder_has_more(struct care *care, const struct ladder *ladder, int64_t position) {
  return store_int(care->store, 0, "SELECT 1 FROM rung WHERE ladder=?1 AND position>?2",
                   "ii", ladder->id, position) != 0;
}

void ladder_move_on(struct care *care, struct ladder *ladder, const struct rung *rung,
                    const char *why) {
  leave(care, ladder, rung->position, why);
  if (rung->message) message_cancel_one(care, rung->message, "next-rung");
  if (!begin_next(care, ladder)) run_out(care, ladder, why);
}

void ladder_start(struct care *care, const struct sending *sending) {
  struct value via = value_field(sending->args, "via"), item;
  struct ladder ladder;
  int64_t id = ladder_insert(care, sending);
  int64_t places[LADDER_RUNGS];
  int count = ladder_order(care, sending, places);
  for (int i = 0; i < count; i++) {
    item = value_at(&via, (uint32_t)places[i] - 1);
    rung_insert(care, id, i + 1, places[i], &item, sending->args);
  }
  if (ladder_load(care, id, &ladder)) begin_next(care, &ladder);
  ladder_deinit(&ladder);
}
