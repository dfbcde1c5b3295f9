// After a crash nobody knows whether what was in flight has left.
#include <string.h>

#include "base/mem.h"
#include "care/message_result.h"

static void apply(void *self, struct work *work) {
  struct care *care = self;
  const int64_t *last = work->prepared;
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT id FROM attempt WHERE status='in_flight' AND id<=?1",
                          "i", *last),
              &ids);
  struct channel_result doubt = {.kind = RESULT_AMBIGUOUS, .detail = "restart"};
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    memcpy(&id, ids.data + at, sizeof id);
    message_result_apply(care, id, &doubt);
  }
  buf_deinit(&ids);
}

static void release(void *self, struct work *work) {
  (void)self;
  mem_free(work->prepared);
}

void message_recover(struct care *care) {
  static const struct work_handler handler = {.apply = apply, .release = release};
  int64_t *last = mem_alloc(sizeof *last);
  *last = store_int(care->store, 0,
                    "SELECT max(id) FROM attempt WHERE status='in_flight'", "");
  if (*last)
    kernel_post(care->kernel, 0, &handler, care, last);
  else
    mem_free(last);
}
