#include "link/channel_log.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

struct channel_log {
  struct channel channel;
  bool show_text;
  void (*print)(void *self, const char *line);
  void *self;
};

// The last two characters of an address, as far as they are ASCII.
static void put_masked(struct buf *line, const char *address) {
  size_t len = strlen(address);
  buf_puts(line, "***");
  if (len >= 7) buf_puts(line, address + len - 2);
}

static void log_send(struct channel *channel, struct channel_job *job) {
  struct channel_log *self = (struct channel_log *)channel;
  struct buf line = {0};
  buf_printf(&line, "message=%s channel=%s to=", job->key, channel->name);
  put_masked(&line, job->address);
  if (self->show_text) buf_printf(&line, " %s", job->text);
  if (self->print)
    self->print(self->self, buf_text(&line));
  else
    log_line(LOG_LEVEL_INFO, "channel.log", "%s", buf_text(&line));
  buf_deinit(&line);
  struct channel_result result = {.kind = RESULT_ACCEPTED};
  snprintf(result.provider_id, sizeof result.provider_id, "%s", job->key);
  channel_done(job, &result);
}

void channel_log_show(struct channel *channel, bool show_text) {
  ((struct channel_log *)channel)->show_text = show_text;
}

static void log_free(struct channel *channel) { mem_free(channel); }

struct channel *channel_log_new(const char *name, bool show_text,
                                void (*print)(void *self, const char *line), void *self) {
  static const struct channel_ops ops = {.send = log_send, .free = log_free};
  struct channel_log *log = mem_alloc(sizeof *log);
  snprintf(log->channel.name, sizeof log->channel.name, "%s", name);
  snprintf(log->channel.can.address, sizeof log->channel.can.address, "phone");
  log->channel.can.merge_most = CHANNEL_MERGE_MOST;
  log->channel.can.links = true;
  log->channel.ops = &ops;
  log->show_text = show_text;
  log->print = print;
  log->self = self;
  return &log->channel;
}
