#include <string.h>

#include "care/facts.h"
#include "care/mapping.h"

static struct stmt *query(const struct subject *subject) {
  struct store *store = subject->care->store;
  if (subject->job)
    return store_query(store, "SELECT state FROM job WHERE department=?1 AND name=?2",
                       "tt", subject->department, subject->job);
  if (subject->enrollment)
    return store_query(store, "SELECT state FROM enrollment WHERE id=?1", "i",
                       subject->enrollment);
  return store_query(store, "SELECT state FROM patient_state WHERE patient=?1", "i",
                     subject->patient);
}

void facts_state(const struct subject *subject, struct buf *out) {
  struct stmt *row = query(subject);
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

static void keep(const struct subject *subject, const struct buf *state) {
  struct store *store = subject->care->store;
  if (subject->job)
    store_exec(store, "UPDATE job SET state=?3 WHERE department=?1 AND name=?2", "ttb",
               subject->department, subject->job, state->data, state->len);
  else if (subject->enrollment)
    store_exec(store, "UPDATE enrollment SET state=?2 WHERE id=?1", "ib",
               subject->enrollment, state->data, state->len);
  else
    store_exec(store,
               "INSERT OR REPLACE INTO patient_state (patient, state) VALUES (?1,?2)",
               "ib", subject->patient, state->data, state->len);
}

static int compare(const struct value *key, const char *name) {
  size_t len = strlen(name), shorter = key->text.len < len ? key->text.len : len;
  int order = memcmp(key->text.data, name, shorter);
  return order ? order : (key->text.len > len) - (key->text.len < len);
}

static void put_field(struct mapping *map, const char *key, size_t len,
                      const struct value *value) {
  if (value->kind == VALUE_NIL) return;
  value_put_key_bytes(map->out, key, len);
  value_put(map->out, value);
  map->count++;
}

// The old map with one key put in its place; keys are in order.
static void changed(const struct buf *old, const char *key, const struct value *value,
                    struct buf *out) {
  struct mapping map = mapping_begin(out);
  struct value whole = {0}, name, item;
  bool put = false;
  if (old->len) value_read(old->data, old->len, &whole);
  struct value_iter iter = value_iterate(&whole);
  while (whole.kind == VALUE_MAP && value_next(&iter, &name, &item)) {
    int order = compare(&name, key);
    if (order >= 0 && !put) {
      put_field(&map, key, strlen(key), value);
      put = true;
    }
    if (order) put_field(&map, name.text.data, name.text.len, &item);
  }
  if (!put) put_field(&map, key, strlen(key), value);
  mapping_end(&map);
}

void facts_set(const struct subject *subject, const char *key,
               const struct value *value) {
  struct buf state = {0}, next = {0};
  facts_state(subject, &state);
  changed(&state, key, value, &next);
  keep(subject, &next);
  buf_deinit(&state);
  buf_deinit(&next);
}
