#include "import/batch.h"

#include "base/mem.h"

void batch_add(struct import_batch *batch, long line, char *record,
               const struct buf *event) {
  buf_puts(&batch->json, batch->count ? "," : "{\"events\":[");
  buf_put(&batch->json, event->data, event->len);
  batch->rows[batch->count].line = line;
  batch->rows[batch->count++].record = record;
}

bool batch_full(const struct import_batch *batch) {
  return batch->count == BATCH_ROWS || batch->json.len >= BATCH_BYTES;
}

void batch_clear(struct import_batch *batch) {
  for (int i = 0; i < batch->count; i++) mem_free(batch->rows[i].record);
  buf_deinit(&batch->json);
  *batch = (struct import_batch){.owner = batch->owner};
}
