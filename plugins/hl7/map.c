#include "map.h"

#include <stdio.h>
#include <string.h>

#include "path.h"

enum { LIST_MOST = 100 };

static bool put_value(const struct place *place, const struct aw_node *node,
                      struct text *out);

// --- values. Each appends JSON and gives true, or appends nothing.

static bool put_word(const struct place *place, const char *word, struct text *out) {
  struct path path;
  struct text value = {0};
  if (*word == '=') {
    text_put_json(out, (struct slice){word + 1, strlen(word + 1)});
    return true;
  }
  if (path_read(word, &path)) path_put(place, &path, 0, &value);
  bool found = value.len != 0;
  if (found && path.kind >= WORDS_NUMBER)
    text_put(out, value.data, value.len);
  else if (found)
    text_put_json(out, text_slice(&value));
  text_free(&value);
  return found;
}

// { "EVN-6|time", "EVN-2|time" }: the first that says something.
static bool put_first(const struct place *place, const struct aw_node *list,
                      struct text *out) {
  const struct aw_node *item;
  for (size_t i = 0; (item = place->host->item(list, i, NULL)); i++)
    if (put_value(place, item, out)) return true;
  return false;
}

static bool is_in(const struct text *list, const struct text *word) {
  struct text quoted = {0};
  text_put_json(&quoted, text_slice(word));
  bool found = list->len && strstr(list->data, quoted.data);
  text_free(&quoted);
  return found;
}

// { all = { "PID-13[*]|phone", … } }: every different one.
static bool put_all(const struct place *place, const struct aw_node *node,
                    struct text *out) {
  const struct aw_host *host = place->host;
  const struct aw_node *paths = host->field(node, "all"), *item;
  double most = host->value(host->field(node, "most"));
  struct text list = {0};
  int count = 0;
  for (size_t i = 0; (item = host->item(paths, i, NULL)); i++) {
    struct path path;
    struct text word = {0};
    bool good = path_read(host->word(item), &path);
    for (int n = 0; good && path_put(place, &path, n, &word); n++, word.len = 0) {
      if (!word.len || is_in(&list, &word) || (most > 0 && count >= most)) continue;
      text_puts(&list, count++ ? "," : "");
      text_put_json(&list, text_slice(&word));
    }
    text_free(&word);
  }
  if (count) text_printf(out, "[");
  text_put(out, list.data, list.len);
  if (count) text_puts(out, "]");
  text_free(&list);
  return count != 0;
}

// Adds what a word says, of [*] every repetition.
static void join_word(const struct place *place, const char *word, const char *with,
                      struct text *all) {
  struct path path;
  struct text one = {0};
  bool good = path_read(word, &path);
  for (int n = 0; good && path_put(place, &path, n, &one) && (!n || path.every); n++) {
    if (one.len) text_puts(all, all->len ? with : "");
    text_put(all, one.data, one.len);
    one.len = 0;
  }
  text_free(&one);
}

// So many bytes of it, never half a letter.
static size_t cut_at(const struct text *text, double most) {
  size_t len = text->len;
  if (most > 0 && (double)len > most)
    for (len = (size_t)most; len && (text->data[len] & 0xC0) == 0x80;) len--;
  return len;
}

// { join = { "OBR-3.1", "OBX-3.1" }, with = "/", most = 40 }: all of them, nothing when
// the first says nothing.
static bool put_join(const struct place *place, const struct aw_node *node,
                     struct text *out) {
  const struct aw_host *host = place->host;
  const struct aw_node *paths = host->field(node, "join"), *item,
                       *with = host->field(node, "with");
  struct text all = {0};
  for (size_t i = 0; (item = host->item(paths, i, NULL)) && (!i || all.len); i++)
    join_word(place, host->word(item), with ? host->word(with) : "/", &all);
  all.len = cut_at(&all, host->value(host->field(node, "most")));
  if (all.len) text_put_json(out, text_slice(&all));
  bool found = all.len != 0;
  text_free(&all);
  return found;
}

static bool is_own(const char *key) {  // words of the table, no fields of the event
  static const char *const own[] = {"all",  "base", "each", "join",
                                    "most", "when", "with", NULL};
  for (int i = 0; own[i]; i++)
    if (!strcmp(key, own[i])) return true;
  return false;
}

// Appends the fields that are there, each with a comma before it unless first.
static bool put_fields(const struct place *place, const struct aw_node *node,
                       const struct aw_node *unless, bool first, struct text *out) {
  const struct aw_host *host = place->host;
  const struct aw_node *item;
  const char *key = NULL;
  bool any = false;
  for (size_t i = 0; (item = host->item(node, i, &key)); i++) {
    size_t before = out->len;
    if (is_own(key) || host->kind(host->field(unless, key)) != AW_NIL) continue;
    text_puts(out, first && !any ? "" : ",");
    text_put_json(out, (struct slice){key, strlen(key)});
    text_puts(out, ":");
    if (put_value(place, item, out))
      any = true;
    else
      out->len = before;
  }
  return any;
}

static bool put_object(const struct place *place, const struct aw_node *node,
                       struct text *out) {
  size_t before = out->len;
  text_puts(out, "{");
  bool any = put_fields(place, node, NULL, true, out);
  text_puts(out, "}");
  if (!any) out->len = before;
  return any;
}

// --- conditions: "PID-30=Y", "OBX-2=NM,SN", "OBX-11!=D,X"; in a list all must hold.

static bool holds(const struct place *place, const char *condition) {
  char left[64];
  const char *equals = strchr(condition, '=');
  bool not = equals && equals > condition && equals[-1] == '!';
  size_t len = equals ? (size_t)(equals - condition) - not : 0;
  struct path path;
  struct text value = {0};
  if (!len || len >= sizeof left) return false;
  memcpy(left, condition, len);
  left[len] = '\0';
  if (path_read(left, &path)) path_put(place, &path, 0, &value);
  bool found = false;
  for (const char *at = equals + 1; !found; at++) {
    size_t word = strcspn(at, ",");
    found = word == value.len && (!word || !memcmp(at, value.data, word));
    at += word;
    if (!*at) break;
  }
  text_free(&value);
  return found != not ;
}

static bool wanted(const struct place *place, const struct aw_node *node) {
  const struct aw_host *host = place->host;
  const struct aw_node *when = host->field(node, "when"), *item;
  if (host->kind(when) == AW_TEXT) return holds(place, host->word(when));
  for (size_t i = 0; (item = host->item(when, i, NULL)); i++)
    if (!holds(place, host->word(item))) return false;
  return true;
}

// { each = "DG1", code = "DG1-3.1", … }: a list of objects.
static bool put_each(const struct place *place, const struct aw_node *node,
                     struct text *out) {
  const struct aw_host *host = place->host;
  struct place here = *place;
  double most = host->value(host->field(node, "most"));
  size_t begun = out->len;
  int count = 0, limit = most > 0 ? (int)most : LIST_MOST;
  here.each = host->word(host->field(node, "each"));
  text_puts(out, "[");
  for (here.at = 0; here.at < here.message->count && count < limit; here.at++) {
    size_t before = out->len;
    if (!segment_is(here.message, here.at, here.each) || !wanted(&here, node)) continue;
    text_puts(out, count ? "," : "");
    if (put_object(&here, node, out))
      count++;
    else
      out->len = before;
  }
  text_puts(out, "]");
  if (!count) out->len = begun;
  return count != 0;
}

static bool put_value(const struct place *place, const struct aw_node *node,
                      struct text *out) {
  const struct aw_host *host = place->host;
  switch (host->kind(node)) {
    case AW_TEXT: return put_word(place, host->word(node), out);
    case AW_LIST: return put_first(place, node, out);
    case AW_NUMBER: text_printf(out, "%.15g", host->value(node)); return true;
    case AW_FLAG: text_puts(out, host->value(node) != 0 ? "true" : "false"); return true;
    case AW_MAP:
      if (host->field(node, "all")) return put_all(place, node, out);
      if (host->field(node, "join")) return put_join(place, node, out);
      return host->field(node, "each") ? put_each(place, node, out)
                                       : put_object(place, node, out);
    default: return false;
  }
}

// --- events

struct making {
  struct place place;
  const struct aw_node *base;
  void (*made)(void *self, const struct text *json);
  void *self;
  int count;
};

static void put_id(struct making *making, struct text *out) {
  const struct message *message = making->place.message;
  struct text id = {0};
  message_unescape(message, repeat_component(message, message_header(message, 3), 1),
                   &id);
  text_puts(&id, id.len ? ":" : "");
  message_unescape(message, message_header(message, 10), &id);
  if (making->count) text_printf(&id, ":%d", making->count + 1);
  text_puts(out, "{\"id\":");
  text_put_json(out, text_slice(&id));
  text_free(&id);
}

static void make(struct making *making, const struct aw_node *spec) {
  const struct aw_host *host = making->place.host;
  const struct aw_node *own = host->field(spec, "base");
  bool bare = host->kind(own) == AW_FLAG && host->value(own) == 0;
  struct text json = {0};
  if (!wanted(&making->place, spec)) return;
  put_id(making, &json);
  put_fields(&making->place, spec, NULL, false, &json);
  if (!bare) put_fields(&making->place, making->base, spec, false, &json);
  text_puts(&json, "}");
  making->count++;
  making->made(making->self, &json);
  text_free(&json);
}

static void make_each(struct making *making, const struct aw_node *spec) {
  const struct message *message = making->place.message;
  making->place.each = making->place.host->word(making->place.host->field(spec, "each"));
  for (making->place.at = 0; making->place.at < message->count; making->place.at++)
    if (segment_is(message, making->place.at, making->place.each)) make(making, spec);
  making->place.each = NULL;
}

static void make_spec(struct making *making, const struct aw_node *spec) {
  if (making->place.host->field(spec, "each"))
    make_each(making, spec);
  else
    make(making, spec);
}

// "ADT^A03", else "ADT".
static const struct aw_node *find(const struct map *map, const struct message *message,
                                  enum map_found *found) {
  const struct aw_host *host = map->host;
  const struct aw_node *messages = host->field(map->root, "messages"), *item;
  struct slice type = message_header(message, 9),
               code = repeat_component(message, type, 1),
               event = repeat_component(message, type, 2);
  char name[32];
  const char *key = NULL;
  snprintf(name, sizeof name, "%.*s^%.*s", code.len > 8 ? 8 : (int)code.len,
           code.len ? code.at : "", event.len > 8 ? 8 : (int)event.len,
           event.len ? event.at : "");
  const struct aw_node *spec = host->field(messages, name);
  size_t len = strcspn(name, "^");
  *found = MAP_NO_TYPE;
  for (size_t i = 0; !spec && (item = host->item(messages, i, &key)); i++)
    if (!strncmp(key, name, len) && (key[len] == '^' || !key[len])) {
      *found = MAP_NO_EVENT;
      if (!key[len]) spec = item;
    }
  return spec;
}

enum map_found map_message(const struct map *map, const struct message *message,
                           void (*made)(void *self, const struct text *json),
                           void *self) {
  const struct aw_host *host = map->host;
  enum map_found found;
  const struct aw_node *spec = find(map, message, &found), *item;
  struct making making = {
      .place = {host, host->field(map->root, "tables"), message, NULL, 0},
      .base = host->field(map->root, "base"),
      .made = made,
      .self = self};
  if (!spec) return found;
  if (host->kind(spec) == AW_FLAG) return MAP_IGNORED;
  if (host->kind(spec) == AW_MAP) make_spec(&making, spec);
  for (size_t i = 0; host->kind(spec) == AW_LIST && (item = host->item(spec, i, NULL));
       i++)
    make_spec(&making, item);
  return MAP_EVENTS;
}
