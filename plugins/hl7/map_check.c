// Whether a hospital's table can be meant: every path in it, before the first message.
#include <stdio.h>
#include <string.h>

#include "map.h"
#include "path.h"

struct check {
  const struct map *map;
  char where[256];
  char *why;
  size_t room;
};

static bool wrong(struct check *check, const char *what, const char *word) {
  snprintf(check->why, check->room, "map: %s: \"%.60s\" %s", check->where, word, what);
  return false;
}

static bool check_word(struct check *check, const char *word) {
  struct path path;
  const struct aw_host *host = check->map->host;
  if (*word == '=') return true;
  if (!path_read(word, &path))
    return wrong(check,
                 "is no path: write SEG-field.component, such as PID-5.1, or "
                 "=text for a text of your own",
                 word);
  if (*path.table && host->kind(host->field(host->field(check->map->root, "tables"),
                                            path.table)) != AW_MAP)
    return wrong(
        check,
        "names neither time, date, phone, name, said, short, deleted, number, low, high "
        "nor one of tables",
        word);
  return true;
}

static bool check_when(struct check *check, const struct aw_node *when) {
  const struct aw_host *host = check->map->host;
  const struct aw_node *item;
  if (host->kind(when) == AW_TEXT) {
    char left[64] = "";
    const char *word = host->word(when), *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : 0;
    if (len && equals[-1] == '!') len--;
    if (!len || len >= sizeof left)
      return wrong(check, "is no condition: write PID-30=Y, or OBX-11!=D,X", word);
    memcpy(left, word, len);
    return check_word(check, left);
  }
  for (size_t i = 0; (item = host->item(when, i, NULL)); i++)
    if (!check_when(check, item)) return false;
  return true;
}

static bool check_node(struct check *check, const struct aw_node *node);

static bool check_pair(struct check *check, const char *key, const struct aw_node *item) {
  const struct aw_host *host = check->map->host;
  if (!strcmp(key, "when")) return check_when(check, item);
  if (!strcmp(key, "each") && strlen(host->word(item)) != 3)
    return wrong(check, "is no segment: write its three letters", host->word(item));
  if (!strcmp(key, "each") || !strcmp(key, "base") || !strcmp(key, "most") ||
      !strcmp(key, "with"))
    return true;
  return check_node(check, item);
}

static bool check_node(struct check *check, const struct aw_node *node) {
  const struct aw_host *host = check->map->host;
  const struct aw_node *item;
  const char *key = NULL;
  size_t before = strlen(check->where);
  if (host->kind(node) == AW_TEXT) return check_word(check, host->word(node));
  for (size_t i = 0; (item = host->item(node, i, &key)); i++) {
    if (key) snprintf(check->where + before, sizeof check->where - before, ".%s", key);
    if (!(key ? check_pair(check, key, item) : check_node(check, item))) return false;
    check->where[before] = '\0';
  }
  return true;
}

static bool check_top(struct check *check) {
  const struct aw_host *host = check->map->host;
  const char *key = NULL;
  for (size_t i = 0; host->item(check->map->root, i, &key); i++)
    if (strcmp(key, "base") && strcmp(key, "messages") && strcmp(key, "tables"))
      return wrong(check, "is none of base, messages, tables", key);
  if (host->kind(host->field(check->map->root, "messages")) == AW_MAP) return true;
  return wrong(check, "is missing: it says what each message becomes", "messages");
}

const char *map_check(const struct map *map, char *why, size_t room) {
  static const char *const parts[] = {"base", "messages"};
  struct check check = {.map = map, .why = why, .room = room};
  if (!check_top(&check)) return why;
  for (int i = 0; i < 2; i++) {
    snprintf(check.where, sizeof check.where, "%s", parts[i]);
    if (!check_node(&check, map->host->field(map->root, parts[i]))) return why;
  }
  return NULL;
}
