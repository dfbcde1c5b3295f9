#include "link/channel_http.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "link/channel_http_parts.h"

enum { TIMEOUT_MS = 15000, ASK_MS = 1000 };

static void http_send(struct channel *channel, struct channel_job *job) {
  int64_t most = channel->can.max_length;
  if (most && utf8_count(job->text, strlen(job->text)) > (size_t)most)
    channel_done(job, &(struct channel_result){.kind = RESULT_PERMANENT,
                                               .provider = PROVIDER_UNASKED,
                                               .detail = "text-too-long"});
  else
    sending_start(channel_http_of(channel), job);
}

static int http_callback(struct channel *channel, enum channel_callback which,
                         const struct value *request, struct buf *out,
                         struct status *status) {
  struct channel_http *http = channel_http_of(channel);
  pthread_mutex_lock(&http->lock);
  plugin_hear *hear =
      which == CHANNEL_RECEIPT ? http->plugin.receipt : http->plugin.inbound;
  int code = hear ? hear(http->plugin.self, request, out, status)
                  : status_fail(status, ERR_NOT_FOUND, "the plugin takes none");
  pthread_mutex_unlock(&http->lock);
  return code;
}

static void http_free(struct channel *channel) {
  struct channel_http *http = channel_http_of(channel);
  sending_leave(http);
  if (http->plugin.free) http->plugin.free(http->plugin.self);
  pthread_mutex_destroy(&http->lock);
  mem_free(http);
}

static void set_abilities(struct channel *channel, const struct channel_abilities *can,
                          bool merges) {
  channel->can = *can;
  if (!can->address[0])
    snprintf(channel->can.address, sizeof channel->can.address, "phone");
  channel->can.merge_most = !merges           ? 0
                            : can->max_length ? can->max_length
                                              : CHANNEL_MERGE_MOST;
}

struct channel *channel_http_new(const struct channel_http_config *config,
                                 const struct plugin_port *plugin) {
  static const struct channel_ops ops = {
      .send = http_send, .callback = http_callback, .free = http_free};
  struct channel_http *http = mem_alloc(sizeof *http);
  struct channel *channel = &http->channel;
  int failed = pthread_mutex_init(&http->lock, NULL);
  assert(!failed);
  (void)failed;
  snprintf(channel->name, sizeof channel->name, "%s", config->name);
  set_abilities(channel, config->can, config->merges);
  channel->parallel = config->parallel;
  channel->ops = &ops;
  http->plugin = *plugin;
  http->client = config->client;
  http->loop = config->loop;
  http->timeout_ms = config->timeout_ms ? config->timeout_ms : TIMEOUT_MS;
  http->ask_ms = config->ask_ms ? config->ask_ms : ASK_MS;
  return channel;
}

void channel_http_replace(struct channel *channel, const struct channel_abilities *can,
                          bool merges, const struct plugin_port *plugin) {
  struct channel_http *http = channel_http_of(channel);
  pthread_mutex_lock(&http->lock);
  struct plugin_port old = http->plugin;
  http->plugin = *plugin;
  pthread_mutex_unlock(&http->lock);
  set_abilities(channel, can, merges);
  if (old.free) old.free(old.self);
}

void channel_http_set_timeout(struct channel *channel, int64_t ms) {
  struct channel_http *http = channel_http_of(channel);
  pthread_mutex_lock(&http->lock);
  http->timeout_ms = ms ? ms : TIMEOUT_MS;
  pthread_mutex_unlock(&http->lock);
}

int64_t channel_http_timeout(struct channel_http *http) {
  pthread_mutex_lock(&http->lock);
  int64_t ms = http->timeout_ms;
  pthread_mutex_unlock(&http->lock);
  return ms;
}
