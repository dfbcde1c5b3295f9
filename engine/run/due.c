#include "run/due.h"

_Static_assert(DUE_CLASSES == 7, "the statements below name each class");

void due_add(struct store *store, enum due_class class, int64_t at, enum due_kind kind,
             int64_t ref, int64_t key) {
  store_exec(
      store,
      "INSERT OR REPLACE INTO due (class, at, kind, ref, key) VALUES (?1,?2,?3,?4,?5)",
      "iiiii", (int64_t) class, at, (int64_t)kind, ref, key);
}

void due_remove(struct store *store, enum due_class class, int64_t at, enum due_kind kind,
                int64_t ref) {
  store_exec(store, "DELETE FROM due WHERE class=?1 AND at=?2 AND kind=?3 AND ref=?4",
             "iiii", (int64_t) class, at, (int64_t)kind, ref);
}

#define FIRST(class) "SELECT min(at) AS at FROM due WHERE class=" class

// One statement for all classes: it is asked after every batch.
int64_t due_first(struct store *store) {
  int64_t first = store_int(
      store, 0,
      "SELECT min(at) FROM (" FIRST("0") " UNION ALL " FIRST("1") " UNION ALL " FIRST(
          "2") " UNION ALL " FIRST("3") " UNION ALL " FIRST("4") " UNION ALL " FIRST(
          "5") " UNION ALL " FIRST("6") ")",
      "");
  return first ? first : INT64_MAX;
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
  struct stmt *rows = store_query(store,
                                  "SELECT at, kind, ref, key FROM due WHERE class=?1 AND "
                                  "at<=?2 ORDER BY at, kind, ref LIMIT ?3",
                                  "iii", class, now, (int64_t)room * 4);
  while (count < room && stmt_row(rows)) {
    int64_t key = stmt_int(rows, 3);
    if (key_taken(works, count, key)) continue;
    works[count++] = (struct work){.class = (enum due_class) class,
                                   .at = stmt_int(rows, 0),
                                   .kind = (enum due_kind)stmt_int(rows, 1),
                                   .ref = stmt_int(rows, 2),
                                   .key = key};
  }
  stmt_done(rows);
  return count;
}

#define DUE(class) \
  "SELECT " class " WHERE EXISTS (SELECT 1 FROM due WHERE class=" class " AND at<=?1)"

static int classes_due(struct store *store, int64_t now, int64_t *classes) {
  int found = 0;
  struct stmt *rows = store_query(
      store,
      DUE("0") " UNION ALL " DUE("1") " UNION ALL " DUE("2") " UNION ALL " DUE(
          "3") " UNION ALL " DUE("4") " UNION ALL " DUE("5") " UNION ALL " DUE("6"),
      "i", now);
  while (found < DUE_CLASSES && stmt_row(rows)) classes[found++] = stmt_int(rows, 0);
  stmt_done(rows);
  return found;
}

int due_collect(struct store *store, int64_t now, struct work *works, int room) {
  int64_t classes[DUE_CLASSES];
  int found = classes_due(store, now, classes), count = 0;
  for (int i = 0; i < found && count < room; i++)
    count = collect_class(store, classes[i], now, works, count, room);
  return count;
}

static bool next_behind(struct stmt *rows, struct due_skip *skip, struct work *work) {
  skip->end = !stmt_row(rows);
  if (skip->end) return false;
  *work = (struct work){.class = skip->class,
                        .at = skip->at = stmt_int(rows, 0),
                        .kind = (enum due_kind)(skip->kind = stmt_int(rows, 1)),
                        .ref = skip->ref = stmt_int(rows, 2),
                        .key = stmt_int(rows, 3)};
  skip->left--;
  return true;
}

static int collect_behind(struct store *store, int64_t now, struct work *works, int count,
                          int room, struct due_skip *skip) {
  struct work work;
  struct stmt *rows =
      store_query(store,
                  "SELECT at, kind, ref, key FROM due WHERE class=?1 AND at<=?2 AND "
                  "(at, kind, ref)>(?3, ?4, ?5) ORDER BY at, kind, ref",
                  "iiiii", (int64_t)skip->class, now, skip->at, skip->kind, skip->ref);
  while (count < room && skip->left > 0 && next_behind(rows, skip, &work))
    if (!key_taken(works, count, work.key) && !skip->passes(skip->self, &work))
      works[count++] = work;
  stmt_done(rows);
  return count;
}

int due_collect_but(struct store *store, int64_t now, struct work *works, int room,
                    struct due_skip *skip) {
  int64_t classes[DUE_CLASSES];
  int found = classes_due(store, now, classes), count = 0;
  skip->end = true;
  for (int i = 0; i < found && count < room; i++)
    count = classes[i] == skip->class ? collect_behind(store, now, works, count, room / 2,
                                                       skip)
                                      : collect_class(store, classes[i], now, works,
                                                      count, room);
  return count;
}
