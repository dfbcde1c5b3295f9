// Who stands in line is let out as its channel takes them, and the breaker hears what
// comes back.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/ladder.h"
#include "care/line_row.h"

enum {
  SERVED_MOST = 512,  // messages in one work,
  SERVED_MS = 20,     // and ms: a commit costs a sync, a long work the others' time
  AGAIN_MS = 1000     // after a look that let nobody out
};

static int64_t first_of(struct care *care, const struct line *line) {
  return store_int(care->store, 0,
                   "SELECT message FROM waiting WHERE channel=?1 ORDER BY urgency, since,"
                   " message LIMIT 1",
                   "i", line->id);
}

// True: there may be more to let out at once.
static bool let_out(struct care *care, struct line *line) {
  int most = care->lines.single ? 1 : SERVED_MOST;
  int64_t last = 0, until = clock_steady_ms() + SERVED_MS;
  for (int i = 0; i < most && clock_steady_ms() <= until; i++) {
    int64_t message = first_of(care, line);
    if (!message || message == last || !line_admits(care, line, line->safety))
      return false;
    message_dispatch(care, message);
    line_load_id(care, line->id, line);
    last = message;
  }
  return true;
}

static void serve(struct care *care, struct line *line) {
  int64_t now = kernel_now(care->kernel), before = first_of(care, line);
  care->lines.serving = true;
  bool more = let_out(care, line);
  care->lines.serving = false;
  int64_t first = first_of(care, line), opens = line_opens(care, line);
  if (!first || !opens) return;
  bool stuck = !more && first == before && opens <= now;
  line_arm(care, line, stuck ? now + AGAIN_MS : opens);
}

// An ask or a send by rungs doesn't wait for a channel that is shut.
static void move_rungs(struct care *care, struct line *line) {
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT message FROM waiting WHERE channel=?1 AND rung=1 LIMIT"
                          " ?2",
                          "ii", line->id, (int64_t)SERVED_MOST),
              &ids);
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    memcpy(&id, ids.data + at, sizeof id);
    store_exec(care->store, "UPDATE waiting SET rung=0 WHERE message=?1", "i", id);
    ladder_held(care, id, line->breaker.shut);
  }
  if (ids.len) line_arm(care, line, kernel_now(care->kernel));
  buf_deinit(&ids);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct line line;
  if (!line_load_id(care, work->ref, &line)) return;
  if (line.due_at == work->at) {
    line.due_at = 0;
    store_exec(care->store, "UPDATE channel SET due_at=NULL WHERE id=?1", "i", line.id);
  }
  line_tell(care, &line);
  if (line.breaker.shut) move_rungs(care, &line);
  if (first_of(care, &line)) serve(care, &line);
  care->lines.single = false;
}

// One in line can't be looked at, by a fault of ours. Alone it is known which, and put by
// as any other message is.
static void refuse(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  struct line line;
  (void)why;
  care->lines.serving = false;
  if (!line_load_id(care, work->ref, &line)) return;
  if (line.due_at == work->at) line.due_at = 0;
  if (care->lines.single) message_put_by(care, first_of(care, &line));
  care->lines.single = !care->lines.single;
  line_arm(care, &line, kernel_now(care->kernel));
}

static void call_back(void *self, void *own) {
  const struct care *care = self;
  if (care->channels.recall) care->channels.recall(care->channels.self, own);
}

static void report(struct care *care, struct line *line, bool was_down) {
  const struct breaker *breaker = &line->breaker;
  bool down = breaker_is_down(breaker);
  if (down == was_down) return;
  log_line(LOG_LEVEL_WARN, down ? "channel.down" : "channel.up",
           "channel=%s reason=%s error=\"%s\"", line->name, down ? breaker->shut : "",
           down ? line->error : "");
  if (down)
    kernel_after(care->kernel, call_back, mem_free, care, mem_copy_text(line->name));
  else
    line_tell(care, line);
}

static enum breaker_heard heard_of(const struct channel_result *result) {
  if (result->kind == RESULT_CONFIG) return BREAKER_WRONG;
  switch (result->provider) {
    case PROVIDER_SPOKE: return BREAKER_ANSWER;
    case PROVIDER_GONE: return BREAKER_LOST;
    case PROVIDER_BUSY: return BREAKER_SLOWER;
    case PROVIDER_UNASKED: break;
  }
  return BREAKER_NOTHING;
}

static void hear(struct care *care, struct line *line,
                 const struct channel_result *result) {
  enum breaker_heard heard = heard_of(result);
  bool was_down = breaker_is_down(&line->breaker);
  int64_t now = kernel_now(care->kernel);
  if (!breaker_hears(&line->breaker, heard, result->until_ms, now)) return;
  if (heard == BREAKER_LOST || heard == BREAKER_WRONG)
    snprintf(line->error, sizeof line->error, "%.159s", result->detail);
  line_save(care, line);
  report(care, line, was_down);
  line_save(care, line);
  int64_t tells = line_tells_at(line);
  if (tells) line_arm(care, line, was_down ? tells : now);
}

void line_hears(struct care *care, const char *channel,
                const struct channel_result *result) {
  struct line line;
  line_load(care, channel, &line);
  hear(care, &line, result);
  if (!line.waited_for) return;
  int64_t opens = line_opens(care, &line);
  if (opens) line_arm(care, &line, opens);
}

static void apply_unheard(void *self, struct work *work) {
  line_hears(self, work->prepared,
             &(struct channel_result){.provider = PROVIDER_GONE, .detail = "no-answer"});
}

static void release(void *self, struct work *work) {
  (void)self;
  mem_free(work->prepared);
}

void message_unheard(struct care *care, const char *channel) {
  static const struct work_handler handler = {.apply = apply_unheard, .release = release};
  kernel_post(care->kernel, 0, &handler, care, mem_copy_text(channel));
}

static void apply_mended(void *self, struct work *work) {
  struct care *care = self;
  struct line line;
  line_load(care, work->prepared, &line);
  if (!line.breaker.shut || strcmp(line.breaker.shut, "channel-config") != 0) return;
  line.breaker.until = kernel_now(care->kernel);
  line_save(care, &line);
  line_arm(care, &line, line.breaker.until);
}

void line_mended(struct care *care, const char *channel) {
  static const struct work_handler handler = {.apply = apply_mended, .release = release};
  kernel_post(care->kernel, 0, &handler, care, mem_copy_text(channel));
}

// Whatever was on its way to see whether anybody is there is not any more; settings may
// have been mended.
static void apply_recover(void *self, struct work *work) {
  struct care *care = self;
  int64_t now = kernel_now(care->kernel);
  struct buf ids = {0};
  (void)work;
  store_exec(care->store,
             "UPDATE channel SET trying=0, until=CASE shut WHEN 'channel-config' THEN ?1"
             " ELSE until END",
             "i", now);
  message_ids(store_query(care->store,
                          "SELECT id FROM channel WHERE shut IS NOT NULL OR EXISTS"
                          " (SELECT 1 FROM waiting WHERE waiting.channel=channel.id)",
                          ""),
              &ids);
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    struct line line;
    memcpy(&id, ids.data + at, sizeof id);
    if (line_load_id(care, id, &line)) line_arm(care, &line, now);
  }
  buf_deinit(&ids);
}

void line_recover(struct care *care) {
  static const struct work_handler handler = {.apply = apply_recover};
  if (store_int(care->store, 0, "SELECT 1 FROM channel LIMIT 1", ""))
    kernel_post(care->kernel, 0, &handler, care, NULL);
}

void line_handlers(struct care *care) {
  static const struct work_handler handler = {.apply = apply, .refuse = refuse};
  kernel_handle(care->kernel, WORK_CHANNEL, &handler, care);
}
