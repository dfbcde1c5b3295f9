// What a step that is still ahead would do, as far as it can be known: its scripts run on
// what is known today, as if it began now, with sends taken as arrived and questions as
// not answered in time. Nothing of it is kept.
#pragma once

#include "care/plan.h"

// Appends a map {
//   does = { { what = "ask" "send" "task" "alert" "stop", name, … }, … }, in order; with
//     "if" = "silent" what comes only when a question before is not answered. Of an ask
//     and a send: to, via as the script gave it, class, within, remind, and the road that
//     it would take now: channel, and person when it is a contact (the relation), or
//     reason: no-contact unreachable opted-out no-consent no-channel. Of a task: to, its
//     role. Of an alert: level;
//   depends_on = { "answer wound-check", "task call", "event admission" }: what nobody
//     can know yet, the last one ends the list of what it does;
//   stuck = why the scripts would go no further, if they would not }.
// Lua runs: outside a transaction.
void expect_step(struct care *care, const struct enrollment *enrollment,
                 const struct schedule_step *step,
                 const struct schedule_occurrence *occurrence, struct buf *out);
