#include "api/plugins.h"

// Items of an encoded list, each with its kind before its own fields.
static void put_items(struct json *json, const char *kind, const struct buf *encoded,
                      const char *const fields[]) {
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
      json_value(json, &field);
    }
    json_close(json, '}');
  }
}

void desk_plugins(struct call *call) {
  static const char *const of_connector[] = {"name",  "plugin",  "version",
                                             "does",  "listens", "streams",
                                             "taken", "refused", NULL};
  static const char *const of_channel[] = {"name", "plugin", "state", NULL};
  const struct api_engine *engine = &call->api->engine;
  struct buf connectors = {0}, channels = {0}, out = {0};
  struct json json = {.out = &out};
  engine->connectors(engine->self, &connectors);
  engine->channels(engine->self, &channels);
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  put_items(&json, "connector", &connectors, of_connector);
  put_items(&json, "channel", &channels, of_channel);
  json_close(&json, ']');
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&connectors);
  buf_deinit(&channels);
  buf_deinit(&out);
}
