// After a crash nobody knows whether what was in flight has left; but for channels whose
// provider can be asked.
#include <string.h>

#include "base/mem.h"
#include "care/line.h"
#include "care/message_claim.h"
#include "care/message_result.h"

// A safety text is not kept waiting for an answer.
static bool may_ask(struct care *care, int64_t attempt) {
  const struct channels_port *port = &care->channels;
  struct message message;
  int64_t id =
      store_int(care->store, 0, "SELECT message FROM attempt WHERE id=?1", "i", attempt);
  bool may = port->queryable && message_load(care->store, id, &message);
  if (!may) return false;
  may = message.channel && !message_is_safety(&message) &&
        port->queryable(port->self, message.channel);
  message_deinit(&message);
  return may;
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  const int64_t *last = work->prepared;
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT id FROM attempt WHERE status='in_flight' AND id<=?1",
                          "i", *last),
              &ids);
  struct channel_result doubt = {
      .kind = RESULT_AMBIGUOUS, .provider = PROVIDER_UNASKED, .detail = "restart"};
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    memcpy(&id, ids.data + at, sizeof id);
    if (may_ask(care, id))
      message_ask(care, id);
    else
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
  line_recover(care);
  if (*last)
    kernel_post(care->kernel, 0, &handler, care, last);
  else
    mem_free(last);
}
