#include "cli/show.h"

#include <stdlib.h>
#include <string.h>

#include "cli/list.h"
#include "cli/table.h"
#include "cli/text.h"

enum { DEPTH = 6, NAME = 64, SHORT_HASH = 12 };

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

// Of scripts or of a commit: its first characters name it.
static bool is_hash(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (!strchr("0123456789abcdef", text[i])) return false;
  return len == 32 || len == 40 || len == 64;
}

static void put_text(struct buf *out, const char *text, size_t len) {
  if (is_hash(text, len)) len = SHORT_HASH;
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

// "{field}", or "{a|b.c}"; false when there is nothing to say.
static bool put_named(struct buf *out, const struct value *map, const char *name,
                      size_t len) {
  char names[NAME];
  size_t before = out->len;
  if (len >= sizeof names) return false;
  memcpy(names, name, len);
  names[len] = 0;
  struct value value = cli_field(map, names);
  cli_put_value(out, &value);
  return out->len > before;
}

// Up to the end of the text, or of a part in brackets.
static const char *put_part(struct buf *out, const struct value *map, const char *at) {
  size_t before = out->len;
  bool whole = true;
  while (*at && *at != ']') {
    size_t len = strcspn(at, "[]{");
    buf_put(out, at, len);
    at += len;
    if (*at == '[') {
      at = put_part(out, map, at + 1);
    } else if (*at == '{') {
      len = strcspn(at, "}");
      whole = put_named(out, map, at + 1, len - 1) && whole;
      at += len + 1;
    }
  }
  if (*at != ']') return at;
  if (!whole) out->len = before;
  return at + 1;
}

void cli_put_sentence(struct buf *out, const struct value *map, const char *sentence) {
  buf_puts(out, "");
  put_part(out, map, sentence);
  buf_puts(out, "");
}

void cli_say(const struct value *map, const char *sentence) {
  struct buf text = {0};
  cli_put_sentence(&text, map, sentence);
  printf("%s\n", buf_text(&text));
  buf_deinit(&text);
}

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

static bool is_empty(const struct value *item) {
  bool many = item->kind == VALUE_LIST || item->kind == VALUE_MAP;
  return item->kind == VALUE_NIL || (many && !value_count(item)) ||
         (item->kind == VALUE_TEXT && !item->text.len);
}

// A list whose items are rows of a table.
static bool is_rows(const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  if (list->kind != VALUE_LIST || !value_count(list)) return false;
  while (value_next(&iter, NULL, &item))
    if (!is_map(&item) || !is_flat(&item)) return false;
  return true;
}

static void put_map(struct cli_table *table, const struct value *map, int depth) {
  struct value_iter iter = value_iterate(map);
  struct value key, item;
  if (!is_map(map)) return;
  while (value_next(&iter, &key, &item)) {
    struct value first = value_at(&item, 0);
    bool nested = depth < DEPTH && (is_map(&item) || is_map(&first));
    if (is_empty(&item) || (!depth && is_rows(&item))) continue;
    put_line(table, depth, &key, nested ? NULL : &item);
    if (nested && item.kind == VALUE_LIST)
      put_list(table, &item, depth + 1);
    else if (nested)
      put_map(table, &item, depth + 1);
  }
}

void cli_put_title(const struct value *key, struct buf *out) {
  for (size_t i = 0; i < key->text.len; i++) {
    char byte = key->text.data[i];
    buf_putc(out, byte == '_'                  ? ' '
                  : byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A')
                                               : byte);
  }
}

static void print_rows(const struct value *map) {
  static const struct cli_column any[] = {{NULL}};
  struct value_iter iter = value_iterate(map);
  struct value key, item;
  while (is_map(map) && value_next(&iter, &key, &item)) {
    struct buf title = {0};
    cli_put_title(&key, &title);
    if (is_rows(&item)) cli_rows(buf_text(&title), &item, any);
    buf_deinit(&title);
  }
}

void cli_show(const struct value *value) {
  struct cli_table table;
  cli_table_init(&table, 2);
  put_map(&table, value, 0);
  if (table.count) cli_table_print(&table, stdout);
  cli_table_deinit(&table);
  print_rows(value);
}
