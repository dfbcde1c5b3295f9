#include "api/json.h"

#include <string.h>

#include "base/iso.h"

static void item(struct json *json) {
  if (json->comma) buf_putc(json->out, ',');
  json->comma = true;
}

void json_open(struct json *json, char bracket) {
  item(json);
  buf_putc(json->out, bracket);
  json->comma = false;
}

void json_close(struct json *json, char bracket) {
  buf_putc(json->out, bracket);
  json->comma = true;
}

void json_key(struct json *json, const char *key) {
  json_text(json, key);
  buf_putc(json->out, ':');
  json->comma = false;
}

void json_text_len(struct json *json, const char *text, size_t len) {
  struct value value = {.kind = VALUE_TEXT, .text = {text, len}};
  json_value(json, &value);
}

void json_text(struct json *json, const char *text) {
  if (text)
    json_text_len(json, text, strlen(text));
  else
    json_null(json);
}

void json_int(struct json *json, int64_t number) {
  item(json);
  buf_printf(json->out, "%lld", (long long)number);
}

void json_bool(struct json *json, bool flag) {
  item(json);
  buf_puts(json->out, flag ? "true" : "false");
}

void json_null(struct json *json) {
  item(json);
  buf_puts(json->out, "null");
}

void json_value(struct json *json, const struct value *value) {
  item(json);
  value_to_json(json->out, value);
}

void json_number(struct json *json, const char *key, int64_t number) {
  json_key(json, key);
  json_int(json, number);
}

void json_time(struct json *json, int64_t ms, const struct zone *zone) {
  char text[ISO_SIZE];
  if (!ms) {
    json_null(json);
    return;
  }
  iso_format(ms, zone, text);
  json_text(json, text);
}
