#define _GNU_SOURCE  // memmem
#include "care/nps_count.h"

#include <string.h>

#include "base/mem.h"
#include "base/value.h"
#include "care/row_time.h"

#define SEEN "(?3 IS NULL OR department IN (SELECT value FROM json_each(?3)))"
enum { AT_ONCE = 20000 };

static void count_answer(struct stmt *row, struct nps_counts *out) {
  size_t len;
  struct value body;
  const char *bytes = stmt_bytes(row, 0, &len);
  if (!memmem(bytes, len, "nps", 3) || !value_read_front(bytes, len, &body)) return;
  struct value nps = value_field(&body, "nps");
  if (nps.kind != VALUE_INT) return;
  int64_t *count = nps.integer >= 9   ? &out->promoters
                   : nps.integer >= 7 ? &out->passives
                                      : &out->detractors;
  ++*count;
}

static void count_answers(struct store *store, int64_t from, int64_t to,
                          const char *departments, struct nps_counts *out) {
  int64_t end = row_at(store, ROWS_ANSWER, to);
  for (int64_t id = row_at(store, ROWS_ANSWER, from); id < end; id += AT_ONCE) {
    struct stmt *row =
        store_query(store, "SELECT body FROM answer WHERE id>=?1 AND id<?2 AND " SEEN,
                    "iit", id, id + AT_ONCE < end ? id + AT_ONCE : end, departments);
    while (stmt_row(row)) count_answer(row, out);
    stmt_done(row);
  }
}

static bool has_item(const struct value *form) {
  struct value items = value_field(form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  while (value_next(&iter, NULL, &item)) {
    struct value id = value_field(&item, "id");
    if (value_is(&id, "nps")) return true;
  }
  return false;
}

// "department\nform\n" of each.
static void list_forms(struct store *store, struct buf *out) {
  struct stmt *row =
      store_query(store, "SELECT department, definitions FROM bundle WHERE active=1", "");
  while (stmt_row(row)) {
    size_t len;
    struct value all, key, form;
    const char *bytes = stmt_bytes(row, 1, &len);
    if (!value_read_front(bytes, len, &all)) continue;
    struct value forms = value_field(&all, "form");
    struct value_iter iter = value_iterate(&forms);
    while (value_next(&iter, &key, &form))
      if (has_item(&form))
        buf_printf(out, "\n%s\t%.*s\n", stmt_text(row, 0), (int)key.text.len,
                   key.text.data);
  }
  stmt_done(row);
}

static void count_asked(struct store *store, int64_t from, int64_t to,
                        const char *departments, struct nps_counts *out) {
  struct buf forms = {0};
  list_forms(store, &forms);
  int64_t first = row_at(store, ROWS_QUESTION, from),
          end = row_at(store, ROWS_QUESTION, to);
  struct stmt *row = store_query(
      store,
      "SELECT count(*), total(status='answered') FROM question WHERE id>=?1 AND id<?2 AND"
      " " SEEN " AND instr(?4, char(10) || department || char(9) || form || char(10))",
      "iitt", first, end, departments, buf_text(&forms));
  if (stmt_row(row)) {
    out->asked = stmt_int(row, 0);
    out->answered = (int64_t)stmt_real(row, 1);
  }
  stmt_done(row);
  buf_deinit(&forms);
}

void nps_count(struct store *store, int64_t from, int64_t to, const char *departments,
               struct nps_counts *out) {
  *out = (struct nps_counts){0};
  count_answers(store, from, to, departments, out);
  count_asked(store, from, to, departments, out);
}
