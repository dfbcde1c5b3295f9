#include "script/types.h"

#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "script/rungs.h"

struct type {
  const char *name;
  bool (*fits)(const struct value *value);
  const char *message;
};

static bool is_word(const struct value *value) {
  if (value->kind != VALUE_TEXT || value->text.len == 0 || value->text.len > 64)
    return false;
  for (size_t i = 0; i < value->text.len; i++) {
    char c = value->text.data[i];
    bool lower = c >= 'a' && c <= 'z', later = (c >= '0' && c <= '9') || c == '-';
    if (!lower && !(later && i > 0)) return false;
  }
  return true;
}

static bool is_plain(const struct value *value) {
  if (value->kind != VALUE_TEXT || value->text.len == 0 || value->text.len > 4000)
    return false;
  for (size_t i = 0; i < value->text.len; i++) {
    unsigned char c = (unsigned char)value->text.data[i];
    if ((c < 32 && c != '\t' && c != '\n') || c == 127) return false;
  }
  return utf8_valid(value->text.data, value->text.len);
}

static bool is_role(const struct value *value) {
  return is_plain(value) && value->text.len <= 64;
}

static bool is_boolean(const struct value *value) { return value->kind == VALUE_BOOL; }

static bool is_number(const struct value *value) {
  return value->kind == VALUE_INT || value->kind == VALUE_REAL;
}

static bool is_count(const struct value *value) {
  return value->kind == VALUE_INT && value->integer > 0 && value->integer <= 1000000;
}

static bool is_scalar(const struct value *value) {
  return is_number(value) || is_boolean(value) || value->kind == VALUE_TEXT;
}

// A scalar, or one text in each language.
static bool is_wording(const struct value *value) {
  struct value zh = value_field(value, "zh"), en = value_field(value, "en");
  if (value->kind != VALUE_MAP) return is_scalar(value);
  return zh.kind == VALUE_TEXT && (en.kind == VALUE_TEXT || en.kind == VALUE_NIL) &&
         value_count(value) == 1 + (uint32_t)(en.kind == VALUE_TEXT);
}

static bool is_table(const struct value *value) {
  return value->kind == VALUE_MAP || value->kind == VALUE_LIST;
}

static const struct type types[] = {
    {"word", is_word, "must be lower-case words with dashes, such as \"wound-check\""},
    {"id", is_word, "must be lower-case words with dashes, such as \"wound-check\""},
    {"string", is_plain, "must be text of 1 to 4,000 bytes"},
    {"role", is_role, "must be a duty post or a person, such as \"nurse\""},
    {"boolean", is_boolean, "must be true or false"},
    {"number", is_number, "must be a number"},
    {"time", is_number, "must be a time in ms"},
    {"count", is_count, "must be a whole number above 0"},
    {"scalar", is_scalar, "must be a text, a number or a boolean"},
    {"wording", is_wording, "must be a text, a number, a boolean or { zh =, en = }"},
    {"rung", rung_fits,
     "must be a channel or a rung such as { \"sms\", within = \"1d\" }"},
    {"table", is_table, "must be a table"},
};

struct part {  // of a type's text
  const char *at;
  size_t len;
};

static bool after(struct part *part, const char *prefix) {
  size_t len = strlen(prefix);
  if (part->len < len || memcmp(part->at, prefix, len) != 0) return false;
  part->at += len;
  part->len -= len;
  return true;
}

static struct part cut(struct part *rest, char mark) {
  const char *end = memchr(rest->at, mark, rest->len);
  struct part first = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
  rest->at += first.len + (end != NULL);
  rest->len -= first.len + (end != NULL);
  return first;
}

static bool fits_span(struct context *context, const struct value *value,
                      struct buf *why) {
  int64_t at;
  if (value->kind != VALUE_TEXT) {
    buf_puts(why, "must be a time such as \"24h\"");
    return false;
  }
  char *text = value_copy_text(value);
  struct status status = {0};
  int code = context->facts->time(context->facts->self, text, 0, &at, &status);
  mem_free(text);
  if (code != 0) buf_puts(why, status.text);
  return code == 0;
}

static bool fits_one(struct part choices, const struct value *value, struct buf *why) {
  struct nearest nearest;
  struct part rest = choices;
  bool text = value->kind == VALUE_TEXT;
  nearest_start(&nearest, text ? value->text.data : "", text ? value->text.len : 0);
  while (rest.len > 0) {
    struct part word = cut(&rest, ',');
    nearest_offer(&nearest, word.at, word.len);
    if (text && word.len == value->text.len &&
        memcmp(word.at, value->text.data, word.len) == 0)
      return true;
  }
  buf_puts(why, "must be one of ");
  buf_put(why, choices.at, choices.len);
  nearest_put(&nearest, why);
  return false;
}

static bool fits_reference(struct context *context, struct part kind,
                           const struct value *value, struct buf *why) {
  char name[32] = {0};
  if (value->kind != VALUE_TEXT || kind.len >= sizeof name) {
    buf_printf(why, "must be the id of a %.*s", (int)kind.len, kind.at);
    return false;
  }
  memcpy(name, kind.at, kind.len);
  struct value all = bundle_definitions(context->bundle), list = value_field(&all, name);
  struct value_iter iter = value_iterate(&list);
  struct value id, item;
  while (value_next(&iter, &id, &item))
    if (id.text.len == value->text.len &&
        memcmp(id.text.data, value->text.data, id.text.len) == 0)
      return true;
  struct nearest nearest;
  nearest_start(&nearest, value->text.data, value->text.len);
  nearest_offer_all(&nearest, &list);
  buf_printf(why, "no %s has this id", name);
  nearest_put(&nearest, why);
  return false;
}

static bool fits(struct context *context, struct part type, const struct value *value,
                 struct buf *why);

static bool fits_each(struct context *context, struct part type,
                      const struct value *value, struct buf *why, bool map) {
  bool empty_list = !map && value_count(value) == 0;
  bool shaped = value->kind == (map ? VALUE_MAP : VALUE_LIST);
  struct value_iter iter = value_iterate(value);
  struct value item;
  if (!shaped || empty_list) {
    buf_puts(why, map ? "must be a table of words" : "must be a list");
    return false;
  }
  while (value_next(&iter, NULL, &item))
    if (!fits(context, type, &item, why)) return false;
  return true;
}

static bool fits_plain(struct part type, const struct value *value, struct buf *why) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strlen(types[i].name) != type.len ||
        memcmp(types[i].name, type.at, type.len) != 0)
      continue;
    if (types[i].fits(value)) return true;
    buf_puts(why, types[i].message);
    return false;
  }
  return true;  // "any", "value", and what the call itself looks at
}

// Whether a value fits one type; else why says what it must be.
static bool fits(struct context *context, struct part type, const struct value *value,
                 struct buf *why) {
  if (after(&type, "list of ")) return fits_each(context, type, value, why, false);
  if (after(&type, "map of ")) return fits_each(context, type, value, why, true);
  if (after(&type, "one:")) return fits_one(type, value, why);
  if (after(&type, "ref:")) return fits_reference(context, type, value, why);
  if (type.len == 4 && memcmp(type.at, "span", 4) == 0)
    return fits_span(context, value, why);
  return fits_plain(type, value, why);
}

// "a|b": the first message stays, it names what is written most.
bool type_fits(struct context *context, const char *type, const struct value *value,
               struct buf *why) {
  struct part rest = {type, strlen(type)};
  size_t first = 0;
  while (rest.len > 0) {
    if (fits(context, cut(&rest, '|'), value, why)) return true;
    if (first == 0) first = why->len;
    why->len = first;
  }
  if (why->data) why->data[why->len] = '\0';
  return false;
}
