#include "care/departed.h"

#include <string.h>

#include "base/mem.h"

struct departed {
  struct departed *next;
  char *kind, *id;
  int64_t version;
  struct buf body;
};

static const char *const kinds[] = {"form",       "rule",    "template",
                                    "escalation", "program", NULL};

static void note_kind(struct store *store, const char *department, int64_t version,
                      const char *kind, const struct value *before,
                      const struct value *after) {
  struct value old = value_field(before, kind), new = value_field(after, kind), key, body;
  struct value_iter iter = value_iterate(&old);
  while (value_next(&iter, &key, &body)) {
    char *id = value_copy_text(&key);
    struct value still = value_field(&new, id);
    if (still.kind == VALUE_NIL)
      store_exec(store,
                 "INSERT OR REPLACE INTO departed (department, kind, id, bundle) VALUES "
                 "(?1,?2,?3,?4)",
                 "ttti", department, kind, id, version);
    mem_free(id);
  }
}

static void forget_kind(struct store *store, const char *department, const char *kind,
                        const struct value *after) {
  struct value new = value_field(after, kind), key, body;
  struct value_iter iter = value_iterate(&new);
  while (value_next(&iter, &key, &body)) {
    char *id = value_copy_text(&key);
    store_exec(store, "DELETE FROM departed WHERE department=?1 AND kind=?2 AND id=?3",
               "ttt", department, kind, id);
    mem_free(id);
  }
}

void departed_note(struct store *store, const char *department, int64_t version,
                   const struct value *before, const struct value *after) {
  bool any = store_int(store, 0, "SELECT 1 FROM departed WHERE department=?1 LIMIT 1",
                       "t", department);
  for (int i = 0; kinds[i]; i++) {
    if (any) forget_kind(store, department, kinds[i], after);
    note_kind(store, department, version, kinds[i], before, after);
  }
}

static void add(struct departed **list, struct stmt *row) {
  size_t len;
  const char *bytes = stmt_bytes(row, 3, &len);
  struct value definitions = {0};
  struct departed *item = mem_alloc(sizeof *item);
  if (bytes) value_read_front(bytes, len, &definitions);
  item->kind = mem_copy_text(stmt_text(row, 0));
  item->id = mem_copy_text(stmt_text(row, 1));
  item->version = stmt_int(row, 2);
  struct value all = value_field(&definitions, item->kind),
               body = value_field(&all, item->id);
  value_put(&item->body, &body);
  item->next = *list;
  *list = item;
}

struct departed *departed_load(struct store *store, const char *department) {
  struct departed *list = NULL;
  struct stmt *rows = store_query(
      store,
      "SELECT kind, departed.id, bundle, definitions FROM departed JOIN bundle ON "
      "bundle.id=departed.bundle WHERE departed.department=?1",
      "t", department);
  while (stmt_row(rows)) add(&list, rows);
  stmt_done(rows);
  return list;
}

void departed_free(struct departed *departed) {
  while (departed) {
    struct departed *next = departed->next;
    mem_free(departed->kind);
    mem_free(departed->id);
    buf_deinit(&departed->body);
    mem_free(departed);
    departed = next;
  }
}

struct value departed_find(const struct departed *departed, const char *kind,
                           const char *id, int64_t *version) {
  struct value body = {0};
  while (departed && (strcmp(departed->id, id) || strcmp(departed->kind, kind)))
    departed = departed->next;
  if (!departed) return body;
  if (version) *version = departed->version;
  value_read_front(departed->body.data, departed->body.len, &body);
  return body;
}
