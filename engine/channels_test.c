// A message sent by hand, to see what a channel's plugin asks and what it is told.
#include "channels_test.h"

#include "base/mem.h"
#include "care/mapping.h"

struct test {
  struct channel_trace trace;  // first: done is given this
  inbox_done *done;
  void *ctx;
};

static void put_steps(struct mapping *map, const struct buf *steps) {
  uint32_t count = 0;
  struct value step;
  mapping_key(map, "steps");
  size_t list = value_begin_list(map->out);
  for (size_t at = 0, took; at < steps->len; at += took, count++) {
    took = value_read_front(steps->data + at, steps->len - at, &step);
    if (!took) break;
    value_put(map->out, &step);
  }
  value_end(map->out, list, count);
}

static void report(struct channel_trace *trace, const struct channel_result *result) {
  static const char *const kinds[] = {"accepted",  "retry",  "delayed",
                                      "permanent", "config", "ambiguous"};
  struct test *test = (struct test *)trace;
  struct buf bytes = {0};
  struct value view;
  struct mapping map = mapping_begin(&bytes);
  mapping_text(&map, "detail", result->detail[0] ? result->detail : NULL);
  mapping_text(&map, "id", result->provider_id[0] ? result->provider_id : NULL);
  mapping_text(&map, "result", kinds[result->kind]);
  put_steps(&map, &trace->steps);
  mapping_end(&map);
  value_read(bytes.data, bytes.len, &view);
  test->done(test->ctx, 0, &view);
  buf_deinit(&bytes);
  buf_deinit(&trace->steps);
  mem_free(test);
}

int channels_test(struct dispatcher *dispatcher, const struct outgoing *outgoing,
                  inbox_done *done, void *ctx, struct status *status) {
  struct test *test = mem_alloc(sizeof *test);
  test->trace.done = report;
  test->done = done;
  test->ctx = ctx;
  if (dispatcher_test(dispatcher, outgoing, &test->trace, status) != OK) mem_free(test);
  return status->code;
}
