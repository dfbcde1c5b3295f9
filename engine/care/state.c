#include <string.h>

#include "care/facts.h"
#include "care/mapping.h"

void facts_state(const struct subject *subject, struct buf *out) {
  struct stmt *row =
      subject->enrollment
          ? store_query(subject->care->store, "SELECT state FROM enrollment WHERE id=?1",
                        "i", subject->enrollment)
          : store_query(subject->care->store,
                        "SELECT state FROM patient_state WHERE patient=?1", "i",
                        subject->patient);
  size_t len = 0;
  const void *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) buf_put(out, bytes, len);
  stmt_done(row);
}

void facts_get(const struct subject *subject, const char *key, struct buf *out) {
  struct buf state = {0};
  facts_state(subject, &state);
  struct value map, found = {0};
  if (state.len && value_read(state.data, state.len, &map))
    found = value_field(&map, key);
  value_put(out, &found);
  buf_deinit(&state);
}

void facts_set(const struct subject *subject, const char *key,
               const struct value *value) {
  struct buf state = {0}, changed = {0};
  struct merge merge = {0};
  facts_state(subject, &state);
  merge_bytes(&merge, buf_text(&state), state.len);
  merge_value(&merge, key, value);
  merge_end(&merge, &changed);
  if (subject->enrollment)
    store_exec(subject->care->store, "UPDATE enrollment SET state=?2 WHERE id=?1", "ib",
               subject->enrollment, changed.data, changed.len);
  else
    store_exec(subject->care->store,
               "INSERT OR REPLACE INTO patient_state (patient, state) VALUES (?1,?2)",
               "ib", subject->patient, changed.data, changed.len);
  buf_deinit(&state);
  buf_deinit(&changed);
}
