#include "api/observations.h"

#include <string.h>

#include "api/events.h"
#include "care/mapping.h"

// Fields of a reading that are its event's; all others are the observation's.
static bool is_event_field(const struct value *key) {
  static const char *const names[] = {"at",     "department", "id",  "mrn",
                                      "source", "visit",      "ward"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (value_is(key, names[i])) return true;
  return false;
}

static void put_observation(const struct value *item, struct buf *out) {
  struct value_iter iter = value_iterate(item);
  struct value key, field;
  struct mapping map = mapping_begin(out);
  while (value_next(&iter, &key, &field)) {
    if (is_event_field(&key)) continue;
    value_put_key_bytes(out, key.text.data, key.text.len);
    value_put(out, &field);
    map.count++;
  }
  mapping_end(&map);
}

static void put_field(struct mapping *map, const struct value *item, const char *name) {
  struct value field = value_field(item, name);
  mapping_value(map, name, &field);
}

static void put_patient(const struct value *item, struct buf *out) {
  struct value mrn = value_field(item, "mrn");
  struct mapping map = mapping_begin(out);
  mapping_value(&map, "mrn", &mrn);
  mapping_end(&map);
}

static void make_event(const struct value *item, struct buf *out) {
  struct mapping map = mapping_begin(out);
  put_field(&map, item, "at");
  put_field(&map, item, "department");
  put_field(&map, item, "id");
  mapping_text(&map, "kind", "observation");
  mapping_key(&map, "observation");
  put_observation(item, out);
  mapping_key(&map, "patient");
  put_patient(item, out);
  put_field(&map, item, "source");
  put_field(&map, item, "visit");
  put_field(&map, item, "ward");
  mapping_end(&map);
}

static void cut(char *text, const char *word, size_t from) {
  char *at = strstr(text, word);
  if (!at) return;
  size_t len = strlen(word);
  memmove(at + from, at + len, strlen(at + len) + 1);
}

// Sentences name fields as they stand in the event.
static void mend(char *detail) {
  cut(detail, "\"observation.", 1);
  cut(detail, "\"patient.", 1);
}

void observations_read(struct call *call) {
  static const struct event_form form = {
      .list = "observations", .make = make_event, .mend = mend};
  events_read_as(call, &form);
}
