// An event from outside: whatever the JSON, it is refused with a sentence or gives a
// clean body that is its own clean body.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "care/event_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_event(const struct value *posted) {
  struct buf clean = {0};
  struct status status = {0};
  struct value view, kind;
  if (event_check(posted, NULL, &clean, &status) == OK) {
    assert(value_read(clean.data, clean.len, &view));
    kind = value_field(&view, "kind");
    assert(kind.kind == VALUE_TEXT);
  } else {
    assert(status.code != OK && status.text[0] != '\0' && clean.len == 0);
  }
  buf_deinit(&clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct buf bytes = {0};
  struct status status = {0};
  struct value posted;
  if (value_from_json(&bytes, (const char *)data, size, &status) == OK &&
      value_read(bytes.data, bytes.len, &posted))
    try_event(&posted);
  if (value_read((const char *)data, size, &posted)) try_event(&posted);
  buf_deinit(&bytes);
  return 0;
}
