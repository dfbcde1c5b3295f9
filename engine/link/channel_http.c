#include "link/channel_http.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/http_thread.h"

enum { TIMEOUT_MS = 15000, HEADERS = 32, ANSWER_LONGEST = 64 * 1024 };

struct channel_http {
  struct channel channel;
  pthread_mutex_t lock;  // of plugin: sends run on the client's thread, receipts here
  struct plugin_port plugin;
  struct http_thread *client;
  int64_t max_length, timeout_ms;
};

struct sending {  // a job at the client's thread
  struct channel_job *job;
  struct buf message, request;  // what the plugin is given, and what it makes of that
  char *texts[3 + 2 * HEADERS];
  size_t text_count;
  struct http_header headers[HEADERS];
  struct channel_result result;
};

static struct channel_http *of(struct channel *channel) {
  return (struct channel_http *)channel;
}

static const char *body_of(const char *text) {  // without its signature
  const char *end = strncmp(text, "【", 3) == 0 ? strstr(text, "】") : NULL;
  return end ? end + 3 : text;
}

static void put_message(struct buf *out, const struct channel_job *job) {
  size_t map = value_begin_map(out);
  value_put_key(out, "body");
  value_put_text(out, body_of(job->text));
  value_put_key(out, "class");
  value_put_text(out, job->class_);
  value_put_key(out, "key");
  value_put_text(out, job->key);
  value_put_key(out, "now");
  value_put_int(out, channel_now(job->channel));
  value_put_key(out, "program");
  value_put_text(out, job->program);
  value_put_key(out, "safety");
  value_put_bool(out, job->safety);
  value_put_key(out, "text");
  value_put_text(out, job->text);
  value_put_key(out, "to");
  value_put_text(out, job->address);
  value_end(out, map, 8);
}

static void put_answer_headers(struct buf *out, const struct http_result *answer) {
  static const char *const passed[] = {"content-type", "date", "retry-after"};
  uint32_t count = 0;
  value_put_key(out, "headers");
  size_t map = value_begin_map(out);
  for (int i = 0; i < 3; i++) {
    const char *value =
        http_header_find(answer->headers, answer->header_count, passed[i]);
    if (!value) continue;
    value_put_key(out, passed[i]);
    value_put_text(out, value);
    count++;
  }
  value_end(out, map, count);
}

static void put_answer(struct buf *out, const struct http_result *answer, int64_t now) {
  size_t map = value_begin_map(out);
  value_put_key(out, "body");
  value_put_bytes(out, answer->body, answer->body_len);
  put_answer_headers(out, answer);
  value_put_key(out, "now");
  value_put_int(out, now);
  value_put_key(out, "status");
  value_put_int(out, answer->status);
  value_end(out, map, 4);
}

static void settle(struct sending *sending, enum result_kind kind, const char *detail) {
  sending->result.kind = kind;
  snprintf(sending->result.detail, sizeof sending->result.detail, "%.255s", detail);
}

static char *keep_text(struct sending *sending, const struct value *text) {
  return sending->texts[sending->text_count++] = value_copy_text(text);
}

static char *keep_item(struct sending *sending, const struct value *list, uint32_t at) {
  struct value item = value_at(list, at);
  return keep_text(sending, &item);
}

static size_t read_headers(struct sending *sending, const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value pair;
  size_t count = 0;
  while (count < HEADERS && value_next(&iter, NULL, &pair)) {
    sending->headers[count].name = keep_item(sending, &pair, 0);
    sending->headers[count++].value = keep_item(sending, &pair, 1);
  }
  return count;
}

static void read_call(struct sending *sending, const struct value *request,
                      struct http_call *call) {
  struct value method = value_field(request, "method"), url = value_field(request, "url"),
               body = value_field(request, "body"),
               headers = value_field(request, "headers");
  call->method = keep_text(sending, &method);
  call->url = keep_text(sending, &url);
  if (body.kind == VALUE_TEXT) {
    call->body = body.text.data;
    call->body_len = body.text.len;
  }
  call->header_count = read_headers(sending, &headers);
  call->headers = sending->headers;
  call->total_ms = of(sending->job->channel)->timeout_ms;
  call->max_body = ANSWER_LONGEST;
}

static bool make(void *ctx, struct http_call *call) {
  struct sending *sending = ctx;
  struct channel_http *http = of(sending->job->channel);
  struct value given, made;
  struct status status = {0};
  value_read_front(sending->message.data, sending->message.len, &given);
  pthread_mutex_lock(&http->lock);
  int code = http->plugin.send(http->plugin.self, &given, &sending->request, &status);
  pthread_mutex_unlock(&http->lock);
  if (code == OK && value_read(sending->request.data, sending->request.len, &made)) {
    read_call(sending, &made, call);
    return true;
  }
  settle(sending, RESULT_CONFIG, status.text);
  return false;
}

// The plugin says what the answer means. When it fails the message may have been sent, so
// a fault of its code is a doubt, and never a reason to send again and again.
static void judge(struct sending *sending, const struct http_result *answer) {
  struct channel_job *job = sending->job;
  struct channel_http *http = of(job->channel);
  struct buf response = {0}, out = {0};
  struct value sent, said, verdict;
  struct status status = {0};
  int64_t now = channel_now(job->channel);
  put_answer(&response, answer, now);
  value_read_front(sending->message.data, sending->message.len, &sent);
  value_read_front(response.data, response.len, &said);
  pthread_mutex_lock(&http->lock);
  int code = http->plugin.result(http->plugin.self, &said, &sent, &out, &status);
  pthread_mutex_unlock(&http->lock);
  if (code == OK && value_read(out.data, out.len, &verdict)) {
    channel_http_read(&verdict, now, job->key, &sending->result);
  } else {
    log_line(LOG_LEVEL_ERROR, "channel.plugin", "channel=%s error=%s", job->channel->name,
             status.text);
    settle(sending, RESULT_AMBIGUOUS, status.text);
  }
  buf_deinit(&response);
  buf_deinit(&out);
}

static void answered(void *ctx, const struct http_result *answer) {
  struct sending *sending = ctx;
  switch (answer->outcome) {
    case HTTP_ANSWERED: judge(sending, answer); break;
    case HTTP_NOT_SENT: settle(sending, RESULT_RETRY, "not-sent"); break;
    case HTTP_AMBIGUOUS: settle(sending, RESULT_AMBIGUOUS, "no-answer"); break;
    case HTTP_WRONG: settle(sending, RESULT_CONFIG, answer->error); break;
  }
}

static void done(void *ctx) {
  struct sending *sending = ctx;
  channel_done(sending->job, &sending->result);
  for (size_t i = 0; i < sending->text_count; i++) mem_free(sending->texts[i]);
  buf_deinit(&sending->message);
  buf_deinit(&sending->request);
  mem_free(sending);
}

static void http_send(struct channel *channel, struct channel_job *job) {
  static const struct http_errand errand = {make, answered, done};
  struct channel_http *http = of(channel);
  if (http->max_length &&
      utf8_count(job->text, strlen(job->text)) > (size_t)http->max_length) {
    channel_done(job, &(struct channel_result){.kind = RESULT_PERMANENT,
                                               .detail = "text-too-long"});
    return;
  }
  struct sending *sending = mem_alloc(sizeof *sending);
  sending->job = job;
  put_message(&sending->message, job);
  http_thread_send(http->client, &errand, sending);
}

static int http_receipt(struct channel *channel, const struct value *request,
                        struct buf *out, struct status *status) {
  struct channel_http *http = of(channel);
  pthread_mutex_lock(&http->lock);
  int code = http->plugin.receipt(http->plugin.self, request, out, status);
  pthread_mutex_unlock(&http->lock);
  return code;
}

static void http_free(struct channel *channel) {
  struct channel_http *http = of(channel);
  if (http->plugin.free) http->plugin.free(http->plugin.self);
  pthread_mutex_destroy(&http->lock);
  mem_free(http);
}

struct channel *channel_http_new(const struct channel_http_config *config,
                                 const struct plugin_port *plugin) {
  static const struct channel_ops silent = {.send = http_send, .free = http_free};
  static const struct channel_ops heard = {
      .send = http_send, .receipt = http_receipt, .free = http_free};
  struct channel_http *http = mem_alloc(sizeof *http);
  struct channel *channel = &http->channel;
  int failed = pthread_mutex_init(&http->lock, NULL);
  assert(!failed);
  (void)failed;
  snprintf(channel->name, sizeof channel->name, "%s", config->name);
  snprintf(channel->address, sizeof channel->address, "%s",
           config->address ? config->address : "phone");
  channel->keyed_ms = config->keyed_ms;
  if (config->merges)
    channel->merge_most = config->max_length ? config->max_length : CHANNEL_MERGE_MOST;
  channel->parallel = config->parallel;
  channel->ops = plugin->receipt ? &heard : &silent;
  http->plugin = *plugin;
  http->client = config->client;
  http->max_length = config->max_length;
  http->timeout_ms = config->timeout_ms ? config->timeout_ms : TIMEOUT_MS;
  return channel;
}
