#include "api/plugins.h"

#include <string.h>

#include "api/pending.h"
#include "base/mem.h"

static bool is_moment(const char *field) {
  size_t len = strlen(field);
  return len > 3 && !strcmp(field + len - 3, "_at");
}

// Items of an encoded list, each with its kind before its own fields.
static void put_items(struct call *call, struct json *json, const char *kind,
                      const struct buf *encoded, const char *const fields[]) {
  struct value list, item;
  value_read(encoded->data, encoded->len, &list);
  struct value_iter iter = value_iterate(&list);
  while (value_next(&iter, NULL, &item)) {
    json_open(json, '{');
    json_key(json, "kind");
    json_text(json, kind);
    for (size_t i = 0; fields[i]; i++) {
      struct value field = value_field(&item, fields[i]);
      json_key(json, fields[i]);
      if (is_moment(fields[i]))
        json_time(json, value_int_or(&field, 0), care_site_zone(call->care));
      else
        json_value(json, &field);
    }
    json_close(json, '}');
  }
}

void desk_plugins(struct call *call) {
  static const char *const of_connector[] = {
      "name",    "plugin", "version", "does",         "listens", "streams", "taken",
      "refused", "state",  "done_at", "watermark_at", "error",   NULL};
  static const char *const of_channel[] = {"name", "plugin", "state", NULL};
  const struct api_engine *engine = &call->api->engine;
  struct buf connectors = {0}, channels = {0}, out = {0};
  struct json json = {.out = &out};
  engine->connectors(engine->self, &connectors);
  engine->channels(engine->self, &channels);
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  put_items(call, &json, "connector", &connectors, of_connector);
  put_items(call, &json, "channel", &channels, of_channel);
  json_close(&json, ']');
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&connectors);
  buf_deinit(&channels);
  buf_deinit(&out);
}

static void answered(struct pending *pending, const struct value *told) {
  struct call call = {
      .api = pending->api, .care = pending->api->care, .request = pending->request};
  struct value status = value_field(told, "status"), answer = value_field(told, "answer");
  int code = (int)value_int_or(&status, 500);
  struct buf out = {0};
  if (code < 400) {
    value_to_json(&out, &answer);
    call_send(&call, code, &out, NULL);
  } else {
    struct value detail = value_field(&answer, "detail");
    char *text = value_copy_text(&detail);
    http_respond_problem(pending->request, code, text);
    mem_free(text);
  }
  buf_deinit(&out);
}

void desk_ask(struct call *call) {
  const struct api_engine *engine = &call->api->engine;
  struct value text = value_field(&call->body, "text");
  struct status status = {0};
  if (text.kind != VALUE_TEXT) {
    call_problem(call, 422, "text is missing: what it is to look at");
    return;
  }
  struct pending *pending = pending_new(call->api, call->request, answered);
  if (engine->ask(engine->self, call->segments[1], call->segments[3], &text, pending_told,
                  pending, &status)) {
    http_respond_problem(call->request, status.code == ERR_CONFLICT ? 409 : 404,
                         status.text);
    pending_free(pending);
  }
}
