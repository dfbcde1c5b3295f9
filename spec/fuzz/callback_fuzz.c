// What somebody who found a gateway's callback address may send: an HTTP head, an empty
// line, a body, read by the plugin in its sandbox. It is answered, never believed
// without the token, and never a fault.
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/http_head.h"
#include "link/channel_http.h"
#include "link/dispatcher.h"
#include "script/plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char CONFIG[] =
    "{\"url\":\"http://127.0.0.1/\",\"fields\":{\"to\":\"{to}\"},\"callback\":{"
    "\"token\":\"t\",\"token_in\":\"header:x-token\",\"id\":\"id\",\"state\":\"state\","
    "\"delivered\":[\"DELIVRD\"],\"failed\":[\"UNDELIV\"],\"list\":\"list\"}}";

static void take_result(void *self, int64_t attempt,
                        const struct channel_result *result) {
  (void)self, (void)attempt, (void)result;
}

// Only from who knows the token.
static void check_receipts(const struct buf *receipts, bool genuine) {
  struct value list, item;
  if (!receipts->len) return;
  assert(genuine && value_read(receipts->data, receipts->len, &list));
  struct value_iter iter = value_iterate(&list);
  while (value_next(&iter, NULL, &item)) {
    struct value id = value_field(&item, "id"), state = value_field(&item, "state");
    assert(id.kind == VALUE_TEXT && id.text.len < 128);
    assert(value_is(&state, "delivered") || value_is(&state, "failed"));
  }
}

static int64_t now(void *self) {
  (void)self;
  return 1767225600000;
}

static int receipt(void *self, const struct value *request, struct buf *out,
                   struct status *status) {
  return plugin_receipt(self, request, out, status);
}

static void close_plugin(void *self) { plugin_close(self); }

static struct plugin *open_plugin(void) {
  static char text[64 * 1024];
  struct status status = {0};
  struct buf bytes = {0};
  struct value config;
  struct plugin *plugin = NULL;
  FILE *file = fopen(PLUGIN, "rb");
  assert(file);
  size_t len = fread(text, 1, sizeof text, file);
  fclose(file);
  assert(value_from_json(&bytes, CONFIG, strlen(CONFIG), &status) == OK);
  assert(value_read(bytes.data, bytes.len, &config));
  int code = plugin_open(&plugin, &(struct plugin_source){"plugin.lua", text, len}, "sms",
                         &config, &status);
  if (code) fprintf(stderr, "%s\n", status.text);
  assert(code == OK);
  buf_deinit(&bytes);
  return plugin;
}

static struct dispatcher *open_dispatcher(void) {
  struct dispatcher_sink sink = {.result = take_result, .now = now};
  struct dispatcher *dispatcher = dispatcher_new(&sink);
  struct plugin_port port = {
      .self = open_plugin(), .receipt = receipt, .free = close_plugin};
  struct status status = {0};
  log_set_level((enum log_level)0);
  assert(dispatcher_add(
             dispatcher,
             channel_http_new(
                 &(struct channel_http_config){
                     .name = "sms", .can = &(struct channel_abilities){.receipts = true}},
                 &port),
             &status) == OK);
  return dispatcher;
}

enum { TRIES = 5 };

// A machine that is busy elsewhere may use up the plugin's time: it is asked again.
static int answer(struct dispatcher *dispatcher,
                  const struct dispatcher_callback *callback, bool genuine) {
  struct dispatcher_reply reply = {0};
  struct status status = {0};
  for (int i = 0; i < TRIES && (!i || reply.status == 500); i++) {
    buf_deinit(&reply.body);
    buf_deinit(&reply.receipts);
    buf_deinit(&reply.inbound);
    buf_deinit(&reply.calls);
    assert(dispatcher_callback(dispatcher, "sms", callback, &reply, &status) == OK);
  }
  check_receipts(&reply.receipts, genuine);
  buf_deinit(&reply.body);
  buf_deinit(&reply.receipts);
  buf_deinit(&reply.inbound);
  buf_deinit(&reply.calls);
  return reply.status;
}

static void call(struct dispatcher *dispatcher, const struct http_head *head,
                 const char *body, size_t len) {
  const char *query = strchr(head->target, '?');
  struct dispatcher_callback callback = {
      CHANNEL_RECEIPT, "127.0.0.1",        head->method, query ? query + 1 : "",
      head->headers,   head->header_count, body,         len};
  const char *token = http_header_find(head->headers, head->header_count, "X-Token");
  int status = answer(dispatcher, &callback, token && !strcmp(token, "t"));
  assert(status >= 200 && status < 500);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct dispatcher *dispatcher;
  if (!dispatcher) dispatcher = open_dispatcher();
  struct http_head head;
  const char *bytes = (const char *)data, *why = NULL;
  size_t scanned = 0;
  long len = http_head_scan(bytes, size, &scanned);
  if (len <= 0) return 0;
  if (!http_head_parse(&head, bytes, (size_t)len, &why)) {
    call(dispatcher, &head, bytes + len, size - (size_t)len);
  }
  http_head_deinit(&head);
  return 0;
}
