#include "link/channel_http.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/http_thread.h"

enum { TIMEOUT_MS = 15000, HEADERS = 32, ANSWER_LONGEST = 64 * 1024 };

struct channel_http {
  struct channel channel;
  struct plugin_port plugin;
  struct http_thread *client;
  int64_t max_length, timeout_ms;
};

struct call {  // heap texts of one request, freed together
  struct http_call http;
  struct http_header headers[HEADERS];
  char *method, *url, *body;
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

static void finish(struct channel_job *job, enum result_kind kind, const char *detail) {
  struct channel_result result = {.kind = kind};
  snprintf(result.detail, sizeof result.detail, "%s", detail);
  channel_done(job, &result);
}

static void call_deinit(struct call *call) {
  for (size_t i = 0; i < call->http.header_count; i++) {
    mem_free((char *)call->headers[i].name);
    mem_free((char *)call->headers[i].value);
  }
  mem_free(call->method);
  mem_free(call->url);
  mem_free(call->body);
}

static char *copy_item(const struct value *list, uint32_t at) {
  struct value item = value_at(list, at);
  return value_copy_text(&item);
}

static void read_headers(struct call *call, const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value pair;
  size_t count = 0;
  while (count < HEADERS && value_next(&iter, NULL, &pair)) {
    call->headers[count].name = copy_item(&pair, 0);
    call->headers[count++].value = copy_item(&pair, 1);
  }
  call->http.header_count = count;
}

static void read_call(struct call *call, const struct value *request,
                      const struct channel_http *http) {
  struct value method = value_field(request, "method"), url = value_field(request, "url");
  struct value body = value_field(request, "body");
  struct value headers = value_field(request, "headers");
  memset(call, 0, sizeof *call);
  call->method = value_copy_text(&method);
  call->url = value_copy_text(&url);
  call->body = value_copy_text(&body);
  read_headers(call, &headers);
  call->http.method = call->method;
  call->http.url = call->url;
  call->http.headers = call->headers;
  call->http.body = call->body;
  call->http.body_len = body.kind == VALUE_TEXT ? body.text.len : 0;
  call->http.total_ms = http->timeout_ms;
  call->http.max_body = ANSWER_LONGEST;
}

// The plugin says what the answer means. When it fails the message may have been sent, so
// a fault of its code is a doubt, and never a reason to send again and again.
static void judge(struct channel_job *job, const struct http_result *answer) {
  struct channel_http *http = of(job->channel);
  struct buf message = {0}, response = {0}, out = {0};
  struct value sent, said, verdict;
  struct status status = {0};
  struct channel_result result = {.kind = RESULT_AMBIGUOUS};
  int64_t now = channel_now(job->channel);
  put_message(&message, job);
  put_answer(&response, answer, now);
  value_read_front(message.data, message.len, &sent);
  value_read_front(response.data, response.len, &said);
  if (http->plugin.result(http->plugin.self, &said, &sent, &out, &status) == OK &&
      value_read(out.data, out.len, &verdict)) {
    channel_http_read(&verdict, now, job->key, &result);
  } else {
    log_line(LOG_LEVEL_ERROR, "channel.plugin", "channel=%s error=%s", job->channel->name,
             status.text);
    snprintf(result.detail, sizeof result.detail, "%.255s", status.text);
  }
  buf_deinit(&message);
  buf_deinit(&response);
  buf_deinit(&out);
  channel_done(job, &result);
}

static void answered(void *ctx, const struct http_result *answer) {
  struct channel_job *job = ctx;
  switch (answer->outcome) {
    case HTTP_ANSWERED: judge(job, answer); break;
    case HTTP_NOT_SENT: finish(job, RESULT_RETRY, "not-sent"); break;
    case HTTP_AMBIGUOUS: finish(job, RESULT_AMBIGUOUS, "no-answer"); break;
    case HTTP_WRONG: finish(job, RESULT_CONFIG, answer->error); break;
  }
}

static void send_request(struct channel_job *job, const struct value *request) {
  struct channel_http *http = of(job->channel);
  struct call call;
  read_call(&call, request, http);
  http_thread_send(http->client, &call.http, answered, job);
  call_deinit(&call);
}

static void http_send(struct channel *channel, struct channel_job *job) {
  struct channel_http *http = of(channel);
  if (http->max_length &&
      utf8_count(job->text, strlen(job->text)) > (size_t)http->max_length) {
    finish(job, RESULT_PERMANENT, "text-too-long");
    return;
  }
  struct buf message = {0}, request = {0};
  struct value given, made;
  struct status status = {0};
  put_message(&message, job);
  value_read_front(message.data, message.len, &given);
  if (http->plugin.send(http->plugin.self, &given, &request, &status) == OK &&
      value_read(request.data, request.len, &made))
    send_request(job, &made);
  else
    finish(job, RESULT_CONFIG, status.text);
  buf_deinit(&message);
  buf_deinit(&request);
}

static int http_receipt(struct channel *channel, const struct value *request,
                        struct buf *out, struct status *status) {
  struct channel_http *http = of(channel);
  return http->plugin.receipt(http->plugin.self, request, out, status);
}

static void http_free(struct channel *channel) {
  struct channel_http *http = of(channel);
  if (http->plugin.free) http->plugin.free(http->plugin.self);
  mem_free(http);
}

struct channel *channel_http_new(const struct channel_http_config *config,
                                 const struct plugin_port *plugin) {
  static const struct channel_ops silent = {.send = http_send, .free = http_free};
  static const struct channel_ops heard = {
      .send = http_send, .receipt = http_receipt, .free = http_free};
  struct channel_http *http = mem_alloc(sizeof *http);
  struct channel *channel = &http->channel;
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
