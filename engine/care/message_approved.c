#include "care/message_approved.h"

#include <string.h>

#include "care/mapping.h"

struct value message_approved(const struct value *definition, const char *channel,
                              const char *kind) {
  struct value all = value_field(definition, "approved");
  if (!channel) return (struct value){.kind = VALUE_NIL};
  struct value own = value_field(&all, channel), again = value_field(&own, "remind");
  return again.kind != VALUE_NIL && !strcmp(kind, "remind") ? again : own;
}

static bool put_one(const struct words *words, const struct value *name, struct buf *out,
                    struct buf *missing) {
  struct buf filled = {0};
  bool found = name->kind == VALUE_TEXT &&
               words_put(words, name->text.data, name->text.len, &filled);
  if (found)
    value_put_text(out, buf_text(&filled));
  else if (name->kind == VALUE_TEXT)
    buf_put(missing, name->text.data, name->text.len);
  buf_deinit(&filled);
  return found;
}

// A list in the provider's order, or a map by its names.
static bool put_params(const struct words *words, const struct value *params,
                       struct buf *out, struct buf *missing) {
  struct value_iter iter = value_iterate(params);
  struct value key, name;
  bool map = params->kind == VALUE_MAP;
  size_t begun = map ? value_begin_map(out) : value_begin_list(out);
  uint32_t count = 0;
  for (; value_next(&iter, &key, &name); count++) {
    if (map) value_put_key_bytes(out, key.text.data, key.text.len);
    if (!put_one(words, &name, out, missing)) return false;
  }
  value_end(out, begun, count);
  return true;
}

bool message_approved_put(const struct words *words, struct buf *out,
                          struct buf *missing) {
  struct value approved =
      message_approved(&words->definition, words->channel, words->message->kind);
  struct value english = value_field(&approved, "en");
  if (approved.kind == VALUE_NIL) return true;
  if (strcmp(words->language, "en") == 0 && english.kind != VALUE_NIL) approved = english;
  struct value id = value_field(&approved, "id"),
               params = value_field(&approved, "params");
  struct mapping map = mapping_begin(out);
  mapping_value(&map, "id", &id);
  mapping_key(&map, "params");
  bool whole = put_params(words, &params, out, missing);
  mapping_end(&map);
  return whole;
}
