// A ladder and its rungs as loaded, and what is written of them. For ladder*.c alone.
#pragma once

#include "care/ladder.h"

struct ladder {
  int64_t id, question, at, opened_at, taken_at;  // 0: none
  int64_t due_at;                                 // its row in due
  bool closed;
  char kind[8], *name;
  struct buf args;
  struct run run;
};

struct rung {                                                    // texts are owned
  int64_t position, message, task, began_at, taken_at, left_at;  // 0: none
  char channel[65], audience[65];
  char *within, *role, *due;  // NULL where the script says nothing
};

bool ladder_load(struct care *care, int64_t id, struct ladder *out);
void ladder_deinit(struct ladder *ladder);
struct value ladder_args(const struct ladder *ladder);
bool ladder_is_ask(const struct ladder *ladder);

bool rung_load(struct care *care, const struct ladder *ladder, int64_t position,
               struct rung *out);
void rung_deinit(struct rung *rung);
bool rung_is_call(const struct rung *rung);
bool rung_is_family(const struct rung *rung);

int64_t ladder_insert(struct care *care, const struct sending *sending);
// item: of `via`; args: the call's, whose `to` holds where the rung has none.
void rung_insert(struct care *care, int64_t ladder, int64_t position, int64_t place,
                 const struct value *item, const struct value *args);
// Looked at again then; 0: never by itself.
void ladder_set_due(struct care *care, struct ladder *ladder, int64_t at);
// The ladder and the rung of a message, of a task; false when it is none's.
bool ladder_of_message(struct care *care, int64_t message, int64_t *ladder,
                       int64_t *position);
bool ladder_of_task(struct care *care, int64_t task, int64_t *ladder, int64_t *position);
