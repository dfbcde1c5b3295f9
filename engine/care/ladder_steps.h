// Steps of a ladder that has been loaded. For ladder*.c alone.
#pragma once

#include "care/ladder_row.h"

// The rung's time counts from this moment.
void ladder_wait(struct care *care, struct ladder *ladder, const struct rung *rung,
                 int64_t from);
bool ladder_in_time(struct care *care, const struct ladder *ladder,
                    const struct rung *rung, int64_t from);
// A channel, or a post, has it.
void ladder_take(struct care *care, struct ladder *ladder, struct rung *rung);
// Begins the next rung, or ends with this reason where there is none.
void ladder_move_on(struct care *care, struct ladder *ladder, const struct rung *rung,
                    const char *why);
bool ladder_has_more(struct care *care, const struct ladder *ladder, int64_t position);
void ladder_finish(struct care *care, struct ladder *ladder, const char *reason);
void ladder_arrived(struct care *care, struct ladder *ladder, const char *reason);

enum { LADDER_RUNGS = 12 };
// The places in `via`, from 1, in the order for this patient (ladder_order.c); how many.
int ladder_order(struct care *care, const struct sending *sending,
                 int64_t places[LADDER_RUNGS]);

// What a rung is made of: its message, its task (ladder_call.c).
int64_t ladder_message(struct care *care, const struct ladder *ladder,
                       const struct rung *rung);
int64_t ladder_call(struct care *care, const struct ladder *ladder,
                    const struct rung *rung);
