#include "run/turns.h"

#include <string.h>

enum { LOOKED_AT = 8192 };  // rows in one batch, some 30 ms

struct looker {
  struct turns *turns;
  const struct work_handler *handler;
  void *self;
};

static bool is_served(const struct turns *turns, int64_t group) {
  for (int i = 0; i < turns->count; i++)
    if (turns->served[i] == group) return true;
  return false;
}

static bool passes(void *self, const struct work *work) {
  const struct looker *looker = self;
  if (!looker->handler || !looker->handler->group) return false;
  return is_served(looker->turns, looker->handler->group(looker->self, work));
}

static void begin_round(struct turns *turns) {
  turns->count = 0;
  memset(&turns->behind, 0, sizeof turns->behind);
}

void turns_begin(struct turns *turns) { turns->slowest = turns->group = 0; }

// When a look ends among works of the served alone, they go on meanwhile.
int turns_collect(struct turns *turns, struct store *store, int64_t now,
                  struct work *works, int room, const struct work_handler *handler,
                  void *self) {
  struct looker looker = {turns, handler, self};
  int count = 0;
  turns->elsewhere = turns->count > 0;
  if (turns->elsewhere) {
    turns->behind.class = DUE_RUN;
    turns->behind.passes = passes;
    turns->behind.self = &looker;
    turns->behind.left = LOOKED_AT;
    count = due_collect_but(&turns->firsts, store, now, works, room, &turns->behind);
  }
  if (count) return count;
  turns->elsewhere = false;
  if (turns->behind.end) begin_round(turns);
  return due_collect(&turns->firsts, store, now, works, room);
}

void turns_note(struct turns *turns, const struct work_handler *handler, void *self,
                const struct work *work, int64_t ms) {
  if (ms <= turns->slowest || !handler->group) return;
  turns->slowest = ms;
  turns->group = handler->group(self, work);
}

static void serve(struct turns *turns, int64_t group) {
  if (turns->count == TURNS_SERVED) begin_round(turns);
  if (!is_served(turns, group)) turns->served[turns->count++] = group;
}

void turns_cut(struct turns *turns) {
  if (turns->group) serve(turns, turns->group);
}

// What was left over of a batch cut short lies behind the place reached: the next look
// begins at the front again.
void turns_end(struct turns *turns, bool cut) {
  if (cut) {
    turns_cut(turns);
    if (turns->elsewhere) turns->behind.at = turns->behind.kind = turns->behind.ref = 0;
  } else if (turns->elsewhere && turns->behind.end) {
    begin_round(turns);
  }
}
