#include "cli_show.h"

#include <stdlib.h>
#include <string.h>

#include "cli_table.h"
#include "cli_text.h"

enum { DEPTH = 6, NAME = 64 };

static struct value field_of(const struct value *map, const char *name, size_t len) {
  char key[NAME];
  if (len >= sizeof key) return (struct value){0};
  memcpy(key, name, len);
  key[len] = 0;
  char *dot = strchr(key, '.');
  if (!dot) return value_field(map, key);
  *dot = 0;
  struct value inner = value_field(map, key);
  if (inner.kind == VALUE_LIST) inner = value_at(&inner, 0);
  return value_field(&inner, dot + 1);
}

struct value cli_field(const struct value *map, const char *names) {
  struct value found = {0};
  while (*names && found.kind == VALUE_NIL) {
    size_t len = strcspn(names, "|");
    found = field_of(map, names, len);
    names += len + (names[len] == '|');
  }
  return found;
}

static bool shaped(const char *text, size_t len, const char *shape) {
  if (len < strlen(shape)) return false;
  for (; *shape; shape++, text++) {
    if (*shape == '0' ? *text < '0' || *text > '9' : *text != *shape) return false;
  }
  return true;
}

static void put_text(struct buf *out, const char *text, size_t len) {
  if (!shaped(text, len, "0000-00-00T00:00")) {
    cli_put_clean(out, text, len);
    return;
  }
  buf_put(out, text, 10);
  buf_putc(out, ' ');
  buf_put(out, text + 11, 5);
  if (text[len - 1] == 'Z') buf_puts(out, "Z");
}

static bool reads_chinese(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < 3; i++) {
    const char *language = getenv(names[i]);
    if (language && *language) return strncmp(language, "zh", 2) == 0;
  }
  return false;
}

static void put(struct buf *out, const struct value *value, int depth);

static void put_items(struct buf *out, const struct value *value, int depth) {
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  bool first = true;
  while (value_next(&iter, &key, &item)) {
    if (item.kind == VALUE_NIL) continue;
    if (!first) buf_puts(out, ", ");
    first = false;
    if (iter.map) {
      cli_put_clean(out, key.text.data, key.text.len);
      buf_putc(out, ' ');
    }
    put(out, &item, depth + 1);
  }
}

static void put(struct buf *out, const struct value *value, int depth) {
  if (depth > DEPTH) {
    buf_puts(out, "…");
    return;
  }
  struct value title = cli_field(value, reads_chinese() ? "zh|en" : "en|zh");
  if (title.kind == VALUE_TEXT)
    put_text(out, title.text.data, title.text.len);
  else if (value->kind == VALUE_TEXT)
    put_text(out, value->text.data, value->text.len);
  else if (value->kind == VALUE_BOOL)
    buf_puts(out, value->boolean ? "yes" : "no");
  else if (value->kind == VALUE_LIST || value->kind == VALUE_MAP)
    put_items(out, value, depth);
  else if (value->kind != VALUE_NIL)
    value_to_json(out, value);
}

void cli_put_value(struct buf *out, const struct value *value) { put(out, value, 0); }

static void put_line(struct cli_table *table, int depth, const struct value *key,
                     const struct value *item) {
  struct buf name = {0}, text = {0};
  buf_printf(&name, "%*s", 2 * depth, "");
  for (size_t i = 0; i < key->text.len; i++)
    buf_putc(&name, key->text.data[i] == '_' ? ' ' : key->text.data[i]);
  if (item) cli_put_value(&text, item);
  cli_table_put(table, buf_text(&name), name.len, CLI_BOLD);
  cli_table_put(table, buf_text(&text), text.len, CLI_PLAIN);
  buf_deinit(&name);
  buf_deinit(&text);
}

static bool is_map(const struct value *value) {
  return value->kind == VALUE_MAP && cli_field(value, "zh|en").kind != VALUE_TEXT;
}

static void put_map(struct cli_table *table, const struct value *map, int depth);

static bool is_flat(const struct value *item) {
  struct value_iter iter = value_iterate(item);
  struct value key, field;
  while (iter.map && value_next(&iter, &key, &field))
    if (field.kind == VALUE_LIST || field.kind == VALUE_MAP) return false;
  return true;
}

static void put_list(struct cli_table *table, const struct value *list, int depth) {
  static const struct value dash = {.kind = VALUE_TEXT, .text = {"-", 1}};
  struct value_iter iter = value_iterate(list);
  struct value item;
  while (value_next(&iter, NULL, &item)) {
    bool flat = is_flat(&item);
    put_line(table, depth, &dash, flat ? &item : NULL);
    if (!flat) put_map(table, &item, depth + 1);
  }
}

static void put_map(struct cli_table *table, const struct value *map, int depth) {
  struct value_iter iter = value_iterate(map);
  struct value key, item;
  if (!is_map(map)) return;
  while (value_next(&iter, &key, &item)) {
    struct value first = value_at(&item, 0);
    bool nested = depth < DEPTH && (is_map(&item) || is_map(&first));
    if (item.kind == VALUE_NIL) continue;
    put_line(table, depth, &key, nested ? NULL : &item);
    if (nested && item.kind == VALUE_LIST)
      put_list(table, &item, depth + 1);
    else if (nested)
      put_map(table, &item, depth + 1);
  }
}

void cli_show(FILE *to, const struct value *value) {
  struct cli_table table;
  cli_table_init(&table, 2);
  put_map(&table, value, 0);
  cli_table_print(&table, to);
  cli_table_deinit(&table);
}
