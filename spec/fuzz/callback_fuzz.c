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

static void take_receipt(void *self, const char *channel, const char *id,
                         const char *state, const char *detail) {
  (void)channel;
  const bool *genuine = self;
  assert(*genuine && strlen(id) < 128 && strlen(detail) < 256);
  assert(!strcmp(state, "delivered") || !strcmp(state, "failed"));
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

static struct dispatcher *open_dispatcher(bool *genuine) {
  struct dispatcher_sink sink = {genuine, take_result, take_receipt, now};
  struct dispatcher *dispatcher = dispatcher_new(&sink);
  struct plugin_port port = {
      .self = open_plugin(), .receipt = receipt, .free = close_plugin};
  struct status status = {0};
  log_set_level((enum log_level)0);
  assert(dispatcher_add(
             dispatcher,
             channel_http_new(&(struct channel_http_config){.name = "sms"}, &port),
             &status) == OK);
  return dispatcher;
}

enum { TRIES = 5 };

// A machine that is busy elsewhere may use up the plugin's time: it is asked again.
static int answer(struct dispatcher *dispatcher,
                  const struct dispatcher_callback *callback) {
  struct dispatcher_reply reply = {0};
  struct status status = {0};
  for (int i = 0; i < TRIES && (!i || reply.status == 500); i++) {
    buf_deinit(&reply.body);
    assert(dispatcher_receipt(dispatcher, "sms", callback, &reply, &status) == OK);
  }
  buf_deinit(&reply.body);
  return reply.status;
}

static void call(struct dispatcher *dispatcher, const struct http_head *head,
                 const char *body, size_t len) {
  const char *query = strchr(head->target, '?');
  struct dispatcher_callback callback = {
      head->method, query ? query + 1 : "", head->headers, head->header_count, body, len};
  int status = answer(dispatcher, &callback);
  assert(status >= 200 && status < 500);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bool genuine;
  static struct dispatcher *dispatcher;
  if (!dispatcher) dispatcher = open_dispatcher(&genuine);
  struct http_head head;
  const char *bytes = (const char *)data, *why = NULL;
  size_t scanned = 0;
  long len = http_head_scan(bytes, size, &scanned);
  if (len <= 0) return 0;
  if (!http_head_parse(&head, bytes, (size_t)len, &why)) {
    const char *token = http_header_find(head.headers, head.header_count, "X-Token");
    genuine = token && !strcmp(token, "t");
    call(dispatcher, &head, bytes + len, size - (size_t)len);
  }
  http_head_deinit(&head);
  return 0;
}
