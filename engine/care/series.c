#include "care/series.h"

#include <stdlib.h>

#include "care/mapping.h"

enum { MOST = 32 };

static int read_since(const struct subject *subject, const struct value *options,
                      int64_t *since, struct status *status) {
  struct value within = value_field(options, "within"),
               from = value_field(options, "since");
  *since = from.kind == VALUE_INT ? from.integer : 0;
  if (within.kind != VALUE_TEXT) return OK;
  char *text = value_copy_text(&within);
  int64_t now = kernel_now(subject->care->kernel), then = now;
  int code = facts_time(subject, text, 0, &then, status);
  free(text);
  if (!code && now - (then - now) > *since) *since = now - (then - now);
  return code;
}

static void put_number(struct stmt *row, int column, struct mapping *map,
                       const char *key) {
  if (!stmt_null(row, column)) mapping_real(map, key, stmt_real(row, column));
}

static void put_reading(struct stmt *row, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "at", stmt_int(row, 0));
  mapping_text(&map, "code", stmt_text(row, 1));
  mapping_text(&map, "day", stmt_text(row, 2));
  put_number(row, 6, &map, "high");
  put_number(row, 5, &map, "low");
  mapping_text(&map, "unit", stmt_text(row, 7));
  if (stmt_null(row, 3))
    mapping_text(&map, "value", stmt_text(row, 4));
  else
    mapping_real(&map, "value", stmt_real(row, 3));
  mapping_end(&map);
}

static void put_rows(struct stmt *rows, struct buf *out) {
  size_t list = value_begin_list(out);
  uint32_t count = 0;
  for (; stmt_row(rows); count++) put_reading(rows, out);
  stmt_done(rows);
  value_end(out, list, count);
}

// SQLite takes the other columns from the row of the greatest time.
static struct stmt *last_of_days(const struct subject *subject, const char *code,
                                 int64_t since, int64_t most) {
  return store_query(subject->care->store,
                     "SELECT * FROM (SELECT max(at) AS at, code, day, value, text, low, "
                     "high, unit FROM observation WHERE patient=?1 AND code=?2 AND "
                     "at>=?3 AND gone IS NULL GROUP BY day ORDER BY day DESC LIMIT ?4) "
                     "ORDER BY at",
                     "itii", subject->patient, code, since, most);
}

static struct stmt *all(const struct subject *subject, const char *code, int64_t since,
                        int64_t most) {
  return store_query(subject->care->store,
                     "SELECT * FROM (SELECT at, code, day, value, text, low, high, unit, "
                     "id FROM observation WHERE patient=?1 AND code=?2 AND at>=?3 AND "
                     "gone IS NULL ORDER BY at DESC, id DESC LIMIT ?4) ORDER BY at, id",
                     "itii", subject->patient, code, since, most);
}

int series_read(const struct subject *subject, const char *code,
                const struct value *options, struct buf *out, struct status *status) {
  int64_t since;
  if (read_since(subject, options, &since, status)) return status->code;
  struct value last = value_field(options, "last"), each = value_field(options, "each");
  int64_t most = value_int_or(&last, MOST);
  if (most < 1 || most > MOST)
    return status_fail(status, ERR_INVALID,
                       "read: last must be 1 to 32; of longer series read each = "
                       "\"day\"");
  if (each.kind != VALUE_NIL && !value_is(&each, "day"))
    return status_fail(status, ERR_INVALID, "read: each must be \"day\"");
  put_rows(value_is(&each, "day") ? last_of_days(subject, code, since, most)
                                  : all(subject, code, since, most),
           out);
  return OK;
}
