#include "care/row_time.h"

#define ROWS(table, column)                                                 \
  {                                                                         \
    "SELECT coalesce(max(id), 0) FROM " table,                              \
        "SELECT " column " FROM " table " WHERE id>=?1 ORDER BY id LIMIT 1" \
  }
static const char *const sql[ROW_KINDS][2] = {
    [ROWS_ANSWER] = ROWS("answer", "at"),
    [ROWS_QUESTION] = ROWS("question", "opened_at"),
    [ROWS_EVENT] = ROWS("event", "recorded_at"),
    [ROWS_ENROLLMENT] = ROWS("enrollment", "enrolled_at"),
    [ROWS_RUN] = ROWS("run", "started_at"),
    [ROWS_TASK] = ROWS("task", "opened_at"),
    [ROWS_ALERT] = ROWS("alert", "opened_at"),
    [ROWS_CALL] = ROWS("call", "at"),
    [ROWS_MESSAGE] = ROWS("message", "created_at"),
    [ROWS_INBOX] = ROWS("inbox", "received_at"),
};

int64_t row_at(struct store *store, enum row_kind kind, int64_t at) {
  int64_t low = 1, high = store_int(store, 0, sql[kind][0], "") + 1;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (store_int(store, INT64_MAX, sql[kind][1], "i", middle) < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
