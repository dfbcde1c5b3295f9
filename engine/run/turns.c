#include "run/turns.h"

#include <string.h>

enum { LOOKED_AT = 8192 };  // rows in one batch, some 4 ms

static bool is_served(const struct turns *turns, int64_t share) {
  for (int i = 0; i < turns->count; i++)
    if (turns->served[i] == share) return true;
  return false;
}

static bool passes(void *self, const struct work *work) {
  return is_served(self, work->share);
}

static void begin_round(struct turns *turns) {
  turns->count = 0;
  memset(turns->skip.behind, 0, sizeof turns->skip.behind);
}

void turns_begin(struct turns *turns) { turns->slowest_ms = turns->slowest = 0; }

// When a look ends among works of the served alone, they go on meanwhile.
int turns_collect(struct turns *turns, struct store *store, int64_t now,
                  struct work *works, int room) {
  int count = 0;
  turns->elsewhere = turns->count > 0;
  if (turns->elsewhere) {
    turns->skip.passes = passes;
    turns->skip.self = turns;
    turns->skip.left = LOOKED_AT;
    count = due_collect_but(&turns->firsts, store, now, works, room, &turns->skip);
  }
  if (count) return count;
  if (turns->elsewhere && turns->skip.end) begin_round(turns);
  turns->elsewhere = false;
  return due_collect(&turns->firsts, store, now, works, room);
}

void turns_note(struct turns *turns, const struct work *work, int64_t ms) {
  int64_t share = ms > turns->slowest_ms ? turns->share(turns->self, work) : 0;
  if (!share) return;
  turns->slowest_ms = ms;
  turns->slowest = share;
}

static void serve(struct turns *turns, int64_t share) {
  if (turns->count == TURNS_SERVED) begin_round(turns);
  if (!is_served(turns, share)) turns->served[turns->count++] = share;
}

void turns_cut(struct turns *turns) {
  if (turns->slowest) serve(turns, turns->slowest);
}

// The next look begins at the first of those that were left over.
void turns_end(struct turns *turns, const struct work *left, int count, bool cut) {
  if (count && cut) turns_cut(turns);
  if (!turns->elsewhere) return;
  for (int i = count - 1; i >= 0; i--)
    turns->skip.behind[left[i].class] =
        (struct due_place){left[i].at, left[i].kind, left[i].ref - 1};
  if (!count && turns->skip.end) begin_round(turns);
}
