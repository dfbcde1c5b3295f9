#include "run/due.h"

_Static_assert((int)DUE_CLASSES <= (int)STORE_TOPICS, "a class is a topic of the store");

void due_put(struct store *store, const struct work *work) {
  store_touch(store, (int)work->class);
  store_exec(store,
             "INSERT OR REPLACE INTO due (class, at, kind, ref, key, share) VALUES"
             " (?1,?2,?3,?4,?5,?6)",
             "iiiiii", (int64_t)work->class, work->at, (int64_t)work->kind, work->ref,
             work->key, work->share);
}

void due_take_away(struct store *store, const struct work *work) {
  store_touch(store, (int)work->class);
  store_exec(store, "DELETE FROM due WHERE class=?1 AND at=?2 AND kind=?3 AND ref=?4",
             "iiii", (int64_t)work->class, work->at, (int64_t)work->kind, work->ref);
}

// A row that can't be read counts as due, so that whoever takes it meets the reason.
static void read_first(struct due_firsts *firsts, struct store *store, int class) {
  struct stmt *row =
      store_query(store, "SELECT min(at) FROM due WHERE class=?1", "i", (int64_t) class);
  bool found = stmt_row(row);
  firsts->at[class] = !found ? 0 : stmt_null(row, 0) ? INT64_MAX : stmt_int(row, 0);
  firsts->touched[class] = found ? store_touched(store, class) + 1 : 0;
  stmt_done(row);
}

static const int64_t *firsts_of(struct due_firsts *firsts, struct store *store) {
  for (int i = 0; i < DUE_CLASSES; i++)
    if (firsts->touched[i] != store_touched(store, i) + 1) read_first(firsts, store, i);
  return firsts->at;
}

int64_t due_first(struct due_firsts *firsts, struct store *store) {
  const int64_t *at = firsts_of(firsts, store);
  int64_t first = INT64_MAX;
  for (int i = 0; i < DUE_CLASSES; i++)
    if (at[i] < first) first = at[i];
  return first;
}

static bool key_taken(const struct work *works, int count, int64_t key) {
  for (int i = 0; i < count; i++)
    if (works[i].key == key) return true;
  return false;
}

// A class is read a little further than there is room for, because works whose key is
// taken wait.
static int collect_class(struct store *store, int64_t class, int64_t now,
                         struct work *works, int count, int room) {
  struct stmt *rows =
      store_query(store,
                  "SELECT at, kind, ref, key, share FROM due WHERE class=?1 AND "
                  "at<=?2 ORDER BY at, kind, ref LIMIT ?3",
                  "iii", class, now, (int64_t)room * 4);
  while (count < room && stmt_row(rows)) {
    int64_t key = stmt_int(rows, 3);
    if (key_taken(works, count, key)) continue;
    works[count++] = (struct work){.class = (enum due_class) class,
                                   .at = stmt_int(rows, 0),
                                   .kind = (enum due_kind)stmt_int(rows, 1),
                                   .ref = stmt_int(rows, 2),
                                   .key = key,
                                   .share = stmt_int(rows, 4)};
  }
  stmt_done(rows);
  return count;
}

static int classes_due(struct due_firsts *firsts, struct store *store, int64_t now,
                       int64_t *classes) {
  const int64_t *at = firsts_of(firsts, store);
  int found = 0;
  for (int i = 0; i < DUE_CLASSES; i++)
    if (at[i] <= now) classes[found++] = i;
  return found;
}

int due_collect(struct due_firsts *firsts, struct store *store, int64_t now,
                struct work *works, int room) {
  int64_t classes[DUE_CLASSES];
  int found = classes_due(firsts, store, now, classes), count = 0;
  for (int i = 0; i < found && count < room; i++)
    count = collect_class(store, classes[i], now, works, count, room);
  return count;
}

static bool next_behind(struct stmt *rows, struct due_skip *skip, struct work *work) {
  if (!stmt_row(rows)) return false;
  work->at = stmt_int(rows, 0);
  work->kind = (enum due_kind)stmt_int(rows, 1);
  work->ref = stmt_int(rows, 2);
  work->key = stmt_int(rows, 3);
  work->share = stmt_int(rows, 4);
  skip->behind[work->class] = (struct due_place){work->at, work->kind, work->ref};
  skip->left--;
  return true;
}

static int collect_behind(struct store *store, int64_t class, int64_t now,
                          struct work *works, int count, int room,
                          struct due_skip *skip) {
  const struct due_place *place = &skip->behind[class];
  struct work work = {.class = (enum due_class) class};
  bool more = true;
  struct stmt *rows = store_query(
      store,
      "SELECT at, kind, ref, key, share FROM due WHERE class=?1 AND at<=?2 AND "
      "(at, kind, ref)>(?3, ?4, ?5) ORDER BY at, kind, ref",
      "iiiii", class, now, place->at, place->kind, place->ref);
  while (count < room && skip->left > 0 && (more = next_behind(rows, skip, &work)))
    if (!key_taken(works, count, work.key) && !skip->passes(skip->self, &work))
      works[count++] = work;
  stmt_done(rows);
  skip->end = skip->end && !more;
  return count;
}

int due_collect_but(struct due_firsts *firsts, struct store *store, int64_t now,
                    struct work *works, int room, struct due_skip *skip) {
  int64_t classes[DUE_CLASSES];
  int found = classes_due(firsts, store, now, classes), count = 0;
  skip->end = true;
  for (int i = 0; i < found; i++)
    count = classes[i] == DUE_ALERT
                ? collect_class(store, DUE_ALERT, now, works, count, room)
                : collect_behind(store, classes[i], now, works, count, room, skip);
  return count;
}
