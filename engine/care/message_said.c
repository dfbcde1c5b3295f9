#include "care/message_said.h"

#include "care/message_row.h"
#include "care/message_text.h"

bool message_said(struct care *care, int64_t id, struct buf *out) {
  struct message message;
  struct buf missing = {0};
  if (!message_load(care->store, id, &message)) return false;
  size_t begun = out->len;
  bool said = message_text_part(care, &message, message.patient, NULL, out, &missing);
  if (!said) out->len = begun;
  buf_deinit(&missing);
  message_deinit(&message);
  return said;
}
