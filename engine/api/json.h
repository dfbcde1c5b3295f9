// JSON as it is written: commas and quotes are put where they belong, keys in any order.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"
#include "base/zone.h"

struct json {
  struct buf *out;
  bool comma;  // something stands before in this list or object
};

void json_open(struct json *json, char bracket);  // '{' or '['
void json_close(struct json *json, char bracket);
void json_key(struct json *json, const char *key);    // then one value
void json_text(struct json *json, const char *text);  // NULL: null
void json_text_len(struct json *json, const char *text, size_t len);
void json_int(struct json *json, int64_t number);
void json_bool(struct json *json, bool flag);
void json_null(struct json *json);
void json_value(struct json *json, const struct value *value);
void json_number(struct json *json, const char *key, int64_t number);
void json_time(struct json *json, int64_t ms, const struct zone *zone);  // 0: null
