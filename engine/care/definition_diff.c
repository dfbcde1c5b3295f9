#include "care/definition_diff.h"

#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"

struct diff {
  const char *kind;
  struct buf *out;
  uint32_t count;
};

static bool is_place(const struct value *key) {
  return value_is(key, "file") || value_is(key, "line") || value_is(key, "hash");
}

static void put_bare(struct buf *out, const struct value *body) {
  struct value_iter iter = value_iterate(body);
  struct value key, item;
  while (value_next(&iter, &key, &item)) {
    if (iter.map && is_place(&key)) continue;
    if (iter.map) value_put(out, &key);
    if (item.kind == VALUE_MAP || item.kind == VALUE_LIST)
      put_bare(out, &item);
    else
      value_put(out, &item);
  }
}

bool definition_same(const struct value *before, const struct value *after) {
  struct buf a = {0}, b = {0};
  put_bare(&a, before);
  put_bare(&b, after);
  bool same = a.len == b.len && !memcmp(buf_text(&a), buf_text(&b), a.len);
  buf_deinit(&a);
  buf_deinit(&b);
  return same;
}

bool definition_same_code(const struct value *before, const struct value *after) {
  struct value a = value_field(before, "hash"), b = value_field(after, "hash");
  if (a.kind != VALUE_TEXT || b.kind != VALUE_TEXT) return a.kind == b.kind;
  return a.text.len == b.text.len && !memcmp(a.text.data, b.text.data, a.text.len);
}

static void put(struct diff *diff, const char *id, const char *change) {
  struct mapping map = mapping_begin(diff->out);
  mapping_text(&map, "change", change);
  mapping_text(&map, "id", id);
  mapping_text(&map, "kind", diff->kind);
  mapping_end(&map);
  diff->count++;
}

// Only what holds functions can do something else while it is declared the same.
static bool has_code(const char *kind) {
  return !strcmp(kind, "rule") || !strcmp(kind, "form") || !strcmp(kind, "watch");
}

static void compare(struct diff *diff, const char *id, const struct value *before,
                    const struct value *after) {
  if (before->kind == VALUE_NIL)
    put(diff, id, "new");
  else if (after->kind == VALUE_NIL)
    put(diff, id, "gone");
  else if (!definition_same(before, after))
    put(diff, id, "changed");
  else if (has_code(diff->kind) && !definition_same_code(before, after))
    put(diff, id, "code");
}

static void compare_kind(struct diff *diff, const struct value *before,
                         const struct value *after) {
  struct value_iter iter = value_iterate(before);
  struct value id, body, other;
  while (before->kind == VALUE_MAP && value_next(&iter, &id, &body)) {
    char *text = value_copy_text(&id);
    other = value_field(after, text);
    compare(diff, text, &body, &other);
    mem_free(text);
  }
  iter = value_iterate(after);
  while (after->kind == VALUE_MAP && value_next(&iter, &id, &body)) {
    char *text = value_copy_text(&id);
    other = value_field(before, text);
    if (other.kind == VALUE_NIL) compare(diff, text, &other, &body);
    mem_free(text);
  }
}

void definition_diff(const struct value *before, const struct value *after,
                     struct buf *out) {
  static const char *const kinds[] = {"calendar", "department", "escalation", "form",
                                      "job",      "program",    "roster",     "rule",
                                      "template", "watch"};
  struct diff diff = {.out = out};
  size_t begun = value_begin_list(out);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct value old = value_field(before, kinds[i]), new = value_field(after, kinds[i]);
    diff.kind = kinds[i];
    compare_kind(&diff, &old, &new);
  }
  value_end(out, begun, diff.count);
}
