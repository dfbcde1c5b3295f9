// Messages that fall due at a chosen time, each for another patient, by one channel.
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "care/message.h"

struct queue {
  struct care *care;
  const char *channel, *class_;
  int count, spread_ms, from;
  int64_t due;
};

static void plan_all(void *self, struct work *work) {
  const struct queue *queue = self;
  (void)work;
  for (int i = 0; i < queue->count; i++)
    message_plan(
        queue->care,
        &(struct message_spec){
            .patient = queue->from + i + 1,
            .department = "bench",
            .program = "plain",
            .kind = "send",
            .class_ = queue->class_,
            .name = "text",
            .audience = "patient",
            .via = queue->channel,
            .not_before = queue->due + (int64_t)i * queue->spread_ms / queue->count});
}

void queue_run(struct bench *bench, const char *channel, const char *class_, int from,
               int count, int64_t due, int spread_ms) {
  static const struct work_handler handler = {.apply = plan_all};
  struct queue queue = {&bench->engine.care, channel, class_, count,
                        spread_ms,           from,    due};
  kernel_post(bench->engine.kernel, 0, &handler, &queue, NULL);
  bench_settle(bench);
  printf("planned %d first %lld\n", count,
         (long long)store_int(bench->engine.store, 0, "SELECT max(id)+1-?1 FROM message",
                              "i", (int64_t)count));
}
