#include "care/event_anonymous.h"

#include <string.h>

#include "base/value.h"
#include "care/mapping.h"

// A map without these keys, NULL at the end.
static void put_without(const struct value *map, const char *const *without,
                        struct merge *out) {
  struct value_iter iter = value_iterate(map);
  struct value key, field;
  while (value_next(&iter, &key, &field)) {
    char name[48] = "";
    bool left_out = false;
    memcpy(name, key.text.data, key.text.len < 47 ? key.text.len : 47);
    for (const char *const *at = without; *at; at++)
      left_out = left_out || strcmp(*at, name) == 0;
    if (!left_out) merge_value(out, name, &field);
  }
}

void event_anonymous(struct buf *clean, size_t begun) {
  static const char *const of_event[] = {"item", "patient", "visit", NULL};
  static const char *const of_item[] = {"sender", NULL};
  struct value event;
  if (!value_read(clean->data + begun, clean->len - begun, &event)) return;
  struct value item = value_field(&event, "item"), flag = value_field(&item, "anonymous");
  if (!value_true(&flag)) return;
  struct merge kept = {0}, kept_item = {0};
  struct buf item_bytes = {0};
  put_without(&item, of_item, &kept_item);
  merge_end(&kept_item, &item_bytes);
  put_without(&event, of_event, &kept);
  merge_encoded(&kept, "item", &item_bytes);
  clean->len = begun;
  merge_end(&kept, clean);
  buf_deinit(&item_bytes);
}
