#include "api/channels.h"

#include <stdio.h>
#include <string.h>

#include "api/desk.h"
#include "api/pending.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/mapping.h"

enum { TO_MOST = 128, TEXT_MOST = 2000 };
// Short enough for a WeChat keyword, which holds 20 characters.
#define TEXT_USUAL "【测试】测试消息，请忽略。A test."

// A moment as the site reads it; the rest as it is.
static void put_channel(struct call *call, struct json *json, const struct value *map) {
  struct value_iter iter = value_iterate(map);
  struct value key, item;
  json_open(json, '{');
  while (value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    json_key(json, name);
    if (strcmp(name, "last_at") == 0 || strcmp(name, "since") == 0 ||
        strcmp(name, "until") == 0)
      json_time(json, value_int_or(&item, 0), care_site_zone(call->care));
    else
      json_value(json, &item);
    mem_free(name);
  }
  json_close(json, '}');
}

void desk_channels(struct call *call) {
  struct buf encoded = {0}, out = {0};
  struct json json = {.out = &out};
  struct value list, item;
  call->api->engine.channels(call->api->engine.self, &encoded);
  value_read(encoded.data, encoded.len, &list);
  struct value_iter iter = value_iterate(&list);
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  while (value_next(&iter, NULL, &item)) put_channel(call, &json, &item);
  json_close(&json, ']');
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&encoded);
  buf_deinit(&out);
}

static void tested(struct pending *pending, const struct value *report) {
  struct call call = {.api = pending->api, .request = pending->request};
  struct buf out = {0};
  value_to_json(&out, report);
  call_send(&call, 200, &out, NULL);
  buf_deinit(&out);
}

// 【…】 at the front is the signature.
static char *program_of(const char *text) {
  const char *end = strncmp(text, "【", 3) == 0 ? strstr(text, "】") : NULL;
  return end ? mem_copy_bytes(text + 3, (size_t)(end - text) - 3) : mem_copy_text("");
}

static void send_test(struct pending *pending, const char *channel, const char *to,
                      const char *text, const char *from) {
  struct api *api = pending->api;
  struct pending *waiting = pending_new(api, pending->request, tested);
  struct status status = {0};
  char id[17], key[32];
  char *program = program_of(text);
  digest_random_id(id);
  snprintf(key, sizeof key, "test-%s", id);
  struct outgoing outgoing = {.channel = channel,
                              .from = *from ? from : NULL,
                              .address = to,
                              .key = key,
                              .text = text,
                              .program = program,
                              .class_ = "general",
                              .started_at = kernel_now(api->care->kernel)};
  if (api->engine.test(api->engine.self, &outgoing, pending_told, waiting, &status)) {
    http_respond_problem(pending->request, 404, status.text);
    pending_free(waiting);
  }
  mem_free(program);
}

// It is in the audit who sends it; now it goes. The pending's text holds channel, to,
// text and from, each with its NUL.
static void audited(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status");
  int code = (int)value_int_or(&status, 500);
  if (code >= 300) {
    http_respond_problem(pending->request, code,
                         "it could not be kept who sends, so nothing was sent");
    return;
  }
  const char *channel = pending->text.data, *to = channel + strlen(channel) + 1,
             *text = to + strlen(to) + 1, *from = text + strlen(text) + 1;
  send_test(pending, channel, to, text, from);
}

static bool fits(const struct value *text, size_t most) {
  return text->kind == VALUE_TEXT && text->text.len && text->text.len <= most &&
         !memchr(text->text.data, 0, text->text.len);
}

void desk_channel_test(struct call *call) {
  struct value to = value_field(&call->body, "to"),
               text = value_field(&call->body, "text"),
               from = value_field(&call->body, "from");
  const char *channel = call->segments[1];
  if (!fits(&to, TO_MOST)) {
    call_problem(call, 422, "to is missing: say whom, such as a phone number");
  } else if (text.kind != VALUE_NIL && !fits(&text, TEXT_MOST)) {
    call_problem(call, 422, "text must be text of %d bytes at most", TEXT_MOST);
  } else if (from.kind != VALUE_NIL && !fits(&from, TO_MOST)) {
    call_problem(call, 422, "from must be a desk phone, such as \"8001\"");
  } else {
    char object[96];
    struct pending *pending = pending_new(call->api, call->request, audited);
    buf_put(&pending->text, channel, strlen(channel) + 1);
    buf_put(&pending->text, to.text.data, to.text.len);
    buf_putc(&pending->text, 0);
    if (text.kind == VALUE_NIL)
      buf_puts(&pending->text, TEXT_USUAL);
    else
      buf_put(&pending->text, text.text.data, text.text.len);
    buf_putc(&pending->text, 0);
    if (from.kind == VALUE_TEXT) buf_put(&pending->text, from.text.data, from.text.len);
    buf_putc(&pending->text, 0);
    snprintf(object, sizeof object, "channel:%.64s", channel);
    desk_audit_first(call, "channel.test", object, pending);
  }
}
