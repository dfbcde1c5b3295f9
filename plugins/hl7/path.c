#include "path.h"

#include <stdlib.h>
#include <string.h>

static bool read_number(const char **at, int *out) {
  char *end;
  long number = strtol(*at, &end, 10);
  if (end == *at || number < 1 || number > 999) return false;
  *out = (int)number;
  *at = end;
  return true;
}

static bool read_choice(const char **at, struct path *out) {
  const char *end = strchr(*at, ']');
  size_t len = end ? (size_t)(end - *at) : 0;
  if (!len || len >= sizeof out->type) return false;
  out->every = len == 1 && **at == '*';
  if (!out->every) memcpy(out->type, *at, len);
  *at = end + 1;
  return true;
}

static bool read_words(const char *name, struct path *out) {
  if (words_kind(name, &out->kind)) return true;
  size_t len = strlen(name);
  if (!len || len >= sizeof out->table) return false;
  memcpy(out->table, name, len);
  return true;
}

bool path_read(const char *text, struct path *out) {
  const char *at = text + 4;
  *out = (struct path){0};
  if (strlen(text) < 5 || text[3] != '-' || strcspn(text, "-") != 3) return false;
  memcpy(out->segment, text, 3);
  if (!read_number(&at, &out->field)) return false;
  if (*at == '[' && (at++, !read_choice(&at, out))) return false;
  if (*at == '.' && (at++, !read_number(&at, &out->component))) return false;
  if (*at == '.' && (at++, !read_number(&at, &out->sub))) return false;
  return *at == '|' ? read_words(at + 1, out) : !*at;
}

long path_segment(const struct place *place, const char *name) {
  const struct message *message = place->message;
  if (place->each)
    for (size_t i = place->at + 1; i-- > 0;)
      if (segment_is(message, i, name)) return (long)i;
  for (size_t i = place->each ? place->at + 1 : 0; i < message->count; i++)
    if (segment_is(message, i, name)) return (long)i;
  return -1;
}

static bool is_one_of(struct slice word, const char *list) {
  while (*list) {
    size_t len = strcspn(list, ",");
    if (len == word.len && memcmp(list, word.at, len) == 0) return true;
    list += len + (list[len] == ',');
  }
  return false;
}

// Repetition n among those that the path wants; false past the last one.
static bool find_repeat(const struct place *place, const struct path *path,
                        struct slice field, int n, struct slice *out) {
  int count = field_repeats(place->message, field);
  for (int i = 0; i < count; i++) {
    struct slice repeat = field_repeat(place->message, field, i);
    struct slice type = repeat_component(place->message, repeat, 5);
    if (*path->type && !is_one_of(type, path->type)) continue;
    if (n-- > 0) continue;
    *out = repeat;
    return true;
  }
  return false;
}

static void translate(const struct place *place, const char *table, struct text *word,
                      struct text *out) {
  const struct aw_host *host = place->host;
  const struct aw_node *words = host->field(place->tables, table);
  const struct aw_node *found = word->len ? host->field(words, word->data) : NULL;
  if (!found && word->len) found = host->field(words, "*");
  const char *means = host->word(found);
  if (!strcmp(means, "&"))
    text_put(out, word->data, word->len);
  else
    text_puts(out, means);
}

bool path_put(const struct place *place, const struct path *path, int n,
              struct text *out) {
  const struct message *message = place->message;
  long segment = path_segment(place, path->segment);
  struct slice value = {0};
  if (segment < 0 ||
      !find_repeat(place, path, segment_field(message, (size_t)segment, path->field), n,
                   &value))
    return false;
  if (path->component) value = repeat_component(message, value, path->component);
  if (path->sub) value = component_sub(message, value, path->sub);
  if (*path->table) {
    struct text word = {0};
    words_put(message, component_sub(message, repeat_component(message, value, 1), 1),
              WORDS_TEXT, &word);
    translate(place, path->table, &word, out);
    text_free(&word);
  } else {
    words_put(message, value, path->kind, out);
  }
  return true;
}
