#include "api/pending.h"

#include "base/digest.h"
#include "base/mem.h"
#include "io/loop.h"

struct pending *pending_new(struct api *api, struct http_request *request,
                            void (*done)(struct pending *, const struct value *)) {
  struct pending *pending = mem_alloc(sizeof *pending);
  pending->api = api;
  pending->request = request;
  pending->done = done;
  pending->next = api->pending;
  if (api->pending) api->pending->prev = pending;
  api->pending = pending;
  return pending;
}

void pending_free(struct pending *pending) {
  if (pending->prev)
    pending->prev->next = pending->next;
  else
    pending->api->pending = pending->next;
  if (pending->next) pending->next->prev = pending->prev;
  buf_deinit(&pending->text);
  mem_free(pending);
}

void pending_told(void *self, int64_t row, const struct value *result) {
  struct pending *pending = self;
  (void)row;
  api_read_begin(pending->api);
  pending->done(pending, result);
  pending_free(pending);
}

void pending_submit(struct pending *pending, const char *source, const char *source_id,
                    const char *kind, const struct buf *body) {
  char random[17];
  struct value view;
  digest_random_id(random);
  value_read(buf_text(body), body->len, &view);
  kernel_submit(pending->api->care->kernel, source, source_id ? source_id : random, kind,
                &view, INBOX_APPLIED, pending_told, pending);
}

void pending_stop(struct api *api) {
  while (api->pending) {
    api_refuse(api, api->pending->request, 503,
               "the service is stopping; send it again in a minute");
    loop_job_free(api->pending->job);
    if (api->pending->held) api->pending->drop(api->pending->held);
    pending_free(api->pending);
  }
}
