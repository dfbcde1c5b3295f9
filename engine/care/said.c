#include "care/said.h"

#include "base/digest.h"
#include "care/mapping.h"

void said_take(struct care *care, const char *kind, const char *name, const char *channel,
               const struct value *list, inbox_done *done, void *self) {
  struct buf body = {0};
  struct value view;
  char id[17];
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "channel", channel);
  mapping_value(&map, name, list);
  mapping_end(&map);
  value_read(body.data, body.len, &view);
  digest_random_id(id);
  kernel_submit(care->kernel, kind, id, kind, &view, INBOX_RECORDED, done, self);
  buf_deinit(&body);
}
