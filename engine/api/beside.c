#include "api/beside.h"

#include "api/pending.h"
#include "base/log.h"
#include "io/loop.h"

// On another thread.
static void count(void *self) {
  struct beside *beside = self;
  struct status status = {0};
  struct store *reader;
  if (store_open_beside(&reader, beside->pending->api->care->store, &status)) {
    log_line(LOG_LEVEL_ERROR, "beside.failed", "reason=\"%s\"", status.text);
    beside->failed = true;
    return;
  }
  beside->count(self, reader);
  beside->failed = store_failures(reader) > 0;
  store_close(reader);
}

static void answer(struct beside *beside) {
  struct pending *pending = beside->pending;
  struct call call = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .caller = pending->caller};
  api_read_begin(pending->api);
  if (beside->failed)
    call_problem(&call, 500, "the database could not be read; the log says why");
  else
    beside->answer(beside, &call);
}

static void counted(void *self) {
  struct beside *beside = self;
  struct pending *pending = beside->pending;
  answer(beside);
  pending->job = NULL;
  pending->held = NULL;
  beside->free(self);
  pending_free(pending);
}

void beside_begin(void *self, struct call *call) {
  struct beside *beside = self;
  struct pending *pending = pending_new(call->api, call->request, NULL);
  call->request = NULL;
  pending->caller = call->caller;
  pending->held = self;
  pending->drop = beside->free;
  beside->pending = pending;
  if (call->api->loop && store_has_file(call->care->store)) {
    pending->job = loop_job_new(call->api->loop, count, counted, self);
    return;
  }
  beside->count(self, call->care->store);
  counted(self);
}
