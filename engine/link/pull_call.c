// One request of a connector, and what its plugin makes of the answer.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "link/pull_parts.h"

enum { BODY_SHOWN = 2048, LONGEST_S = 3600 };

static void fail(struct pull *pull, enum pull_verdict verdict, const char *why) {
  pull->verdict = verdict;
  snprintf(pull->detail, sizeof pull->detail, "%.*s", PULL_DETAIL - 1, why);
}

// "https://his.example:8443" of an address; 0: it is none.
static size_t origin_of(const char *url, size_t len) {
  size_t scheme = len > 8 && !strncasecmp(url, "https://", 8)  ? 8
                  : len > 7 && !strncasecmp(url, "http://", 7) ? 7
                                                               : 0;
  size_t at = scheme;
  while (scheme && at < len && !strchr("/?#", url[at])) at++;
  return at > scheme ? at : 0;
}

// A token must not leave for a host that nobody has configured, whatever a page says.
static bool is_configured(const struct pull *pull, const char *url) {
  size_t len = origin_of(url, strlen(url));
  struct value settings = pull_read(&pull->settings), item;
  struct value_iter iter = value_iterate(&settings);
  struct value key;
  while (len && value_next(&iter, &key, &item))
    if (item.kind == VALUE_TEXT && origin_of(item.text.data, item.text.len) == len &&
        !strncasecmp(item.text.data, url, len))
      return true;
  return false;
}

static bool make(void *ctx, struct http_call *call) {
  struct pull *pull = ctx;
  struct status status = {0};
  struct value state = pull_read(&pull->state), request;
  buf_clear(&pull->request);
  channel_call_drop(&pull->call);
  if (pull->port.pull(pull->port.self, &state, &pull->request, &status)) {
    fail(pull, PULL_CONFIG, status.text);
    return false;
  }
  request = pull_read(&pull->request);
  channel_call_read(&pull->call, &request, pull->timeout_ms, call);
  call->max_body = pull->most_bytes;
  if (is_configured(pull, call->url)) return true;
  snprintf(pull->detail, sizeof pull->detail,
           "it was told to go on at %.*s, and asks only where its settings say: should "
           "they say so?",
           (int)origin_of(call->url, strlen(call->url)), call->url);
  pull->verdict = PULL_RETRY;
  return false;
}

static void put_response(const struct pull *pull, const struct http_result *result,
                         struct buf *out) {
  struct value json = pull_read(&pull->json);
  size_t len = result->body_len < BODY_SHOWN ? result->body_len : BODY_SHOWN;
  struct mapping map = mapping_begin(out);
  mapping_key(&map, "body");
  value_put_bytes(out, result->body, len);
  channel_call_headers(&map, result);
  mapping_value(&map, "json", &json);
  mapping_int(&map, "now", clock_now(pull->parts.clock));
  mapping_int(&map, "status", result->status);
  mapping_end(&map);
}

static void read_verdict(struct pull *pull) {
  struct value said = pull_read(&pull->result), retry = value_field(&said, "retry"),
               config = value_field(&said, "config"),
               detail = value_field(&said, "detail");
  char *why = value_copy_text(config.kind == VALUE_TEXT ? &config : &detail);
  double seconds = value_real_or(&retry, 0);
  if (value_true(&retry) || value_true(&config))
    fail(pull, value_true(&config) ? PULL_CONFIG : PULL_RETRY,
         why ? why : "its plugin says no more");
  if (seconds > 0)
    pull->wait_ms = (int64_t)((seconds < LONGEST_S ? seconds : LONGEST_S) * 1000);
  mem_free(why);
}

// A page that is cut off in its middle is none.
static void answered(void *ctx, const struct http_result *result) {
  struct pull *pull = ctx;
  struct buf response = {0};
  struct value view, state = pull_read(&pull->state);
  struct status status = {0};
  if (result->outcome != HTTP_ANSWERED) {
    fail(pull, result->outcome == HTTP_WRONG ? PULL_CONFIG : PULL_RETRY, result->error);
    return;
  }
  if (value_from_json(&pull->json, result->body, result->body_len, &status))
    buf_clear(&pull->json);
  put_response(pull, result, &response);
  status = (struct status){0};
  if (!value_read(response.data, response.len, &view))
    fail(pull, PULL_RETRY, "what it answered is nested too deeply");
  else if (pull->port.pulled(pull->port.self, &view, &state, &pull->result, &status))
    fail(pull, PULL_RETRY, status.text);
  else
    read_verdict(pull);
  buf_deinit(&response);
}

static void done(void *ctx) { pull_called(ctx); }

void pull_call(struct pull *pull) {
  static const struct http_errand errand = {make, answered, done};
  pull->verdict = PULL_ANSWERED;
  pull->detail[0] = '\0';
  pull->wait_ms = 0;
  buf_clear(&pull->json);
  buf_clear(&pull->result);
  http_thread_send(pull->parts.client, &errand, pull);
}
