#include "fhir/element.h"

#include <stdlib.h>
#include <string.h>

#include "care/mapping.h"

struct value fhir_at(const struct value *resource, const char *path) {
  struct value at = *resource;
  while (*path) {
    char name[48] = "";
    size_t len = strcspn(path, ".");
    memcpy(name, path, len < sizeof name ? len : sizeof name - 1);
    at = *name >= '0' && *name <= '9' ? value_at(&at, (uint32_t)strtoul(name, NULL, 10))
                                      : value_field(&at, name);
    path += len + (path[len] == '.');
  }
  return at;
}

struct value fhir_view(const struct buf *text) {
  if (!text->len) return (struct value){.kind = VALUE_NIL};
  return (struct value){.kind = VALUE_TEXT, .text = {text->data, text->len}};
}

static bool same(const struct value *a, const char *text) {
  return !text || value_is(a, text);
}

struct value fhir_code(const struct value *concept, const char *system) {
  struct value first = concept->kind == VALUE_LIST ? value_at(concept, 0) : *concept,
               codings = value_field(&first, "coding"), coding;
  struct value_iter iter = value_iterate(&codings);
  while (value_next(&iter, NULL, &coding)) {
    struct value code = value_field(&coding, "code"), of = value_field(&coding, "system");
    if (code.kind == VALUE_TEXT && same(&of, system)) return code;
  }
  return (struct value){.kind = VALUE_NIL};
}

struct value fhir_words(const struct value *concept) {
  struct value first = concept->kind == VALUE_LIST ? value_at(concept, 0) : *concept,
               text = value_field(&first, "text");
  return text.kind == VALUE_TEXT ? text : fhir_at(&first, "coding.0.display");
}

static void add(const struct value *text, struct buf *out) {
  if (text->kind == VALUE_TEXT) buf_put(out, text->text.data, text->text.len);
}

static int rank_of_use(const struct value *name) {
  struct value use = value_field(name, "use");
  return value_is(&use, "official")                          ? 0
         : value_is(&use, "usual")                           ? 1
         : value_is(&use, "old") || value_is(&use, "maiden") ? 9
                                                             : 2;
}

// 王小兰, but Mary Ann Smith.
static void join_name(const struct value *name, struct buf *out) {
  struct value family = value_field(name, "family"), given = value_field(name, "given"),
               part;
  bool plain = family.kind != VALUE_TEXT || !family.text.len ||
               (unsigned char)*family.text.data < 0x80;
  struct value_iter iter = value_iterate(&given);
  if (!plain) add(&family, out);
  while (value_next(&iter, NULL, &part)) {
    if (plain && out->len) buf_putc(out, ' ');
    add(&part, out);
  }
  if (!plain) return;
  if (out->len && family.kind == VALUE_TEXT) buf_putc(out, ' ');
  add(&family, out);
}

void fhir_name_read(const struct value *names, struct buf *out) {
  struct value best = {.kind = VALUE_NIL}, name;
  struct value_iter iter = value_iterate(names);
  while (value_next(&iter, NULL, &name))
    if (best.kind == VALUE_NIL || rank_of_use(&name) < rank_of_use(&best)) best = name;
  struct value text = value_field(&best, "text");
  if (text.kind == VALUE_TEXT)
    add(&text, out);
  else
    join_name(&best, out);
}

static int64_t rank_of(const struct value *point) {
  struct value rank = value_field(point, "rank"), use = value_field(point, "use");
  return value_is(&use, "old") ? INT64_MAX : value_int_or(&rank, 1000);
}

static bool is_phone(const struct value *point) {
  struct value system = value_field(point, "system"), value = value_field(point, "value");
  return value.kind == VALUE_TEXT &&
         (value_is(&system, "phone") || value_is(&system, "sms"));
}

// The next one in the order of ranks after the one at (rank, place).
static bool next_phone(const struct value *telecom, int64_t *rank, uint32_t *place,
                       struct value *out) {
  int64_t best = INT64_MAX;
  uint32_t found = 0, count = value_count(telecom);
  for (uint32_t i = 0; i < count; i++) {
    struct value point = value_at(telecom, i);
    int64_t its = rank_of(&point);
    if (!is_phone(&point) || its >= best) continue;
    if (its < *rank || (its == *rank && i < *place)) continue;
    best = its;
    found = i;
    *out = value_field(&point, "value");
  }
  *rank = best;
  *place = found + 1;
  return best != INT64_MAX;
}

static void telecom_read(const struct value *telecom, struct buf *phones,
                         struct value *email) {
  enum { MOST = 5 };
  struct value point, found;
  struct value_iter iter = value_iterate(telecom);
  int64_t rank = INT64_MIN;
  uint32_t place = 0, count = 0;
  *email = (struct value){.kind = VALUE_NIL};
  size_t begun = value_begin_list(phones);
  while (count < MOST && next_phone(telecom, &rank, &place, &found)) {
    value_put(phones, &found);
    count++;
  }
  value_end(phones, begun, count);
  if (!count) buf_clear(phones);
  while (email->kind == VALUE_NIL && value_next(&iter, NULL, &point)) {
    struct value system = value_field(&point, "system");
    if (value_is(&system, "email")) *email = value_field(&point, "value");
  }
}

void fhir_merge_telecom(struct merge *fields, const struct value *resource) {
  struct value telecom = value_field(resource, "telecom"), email;
  struct buf phones = {0};
  telecom_read(&telecom, &phones, &email);
  if (phones.len) merge_encoded(fields, "phones", &phones);
  merge_value(fields, "email", &email);
  buf_deinit(&phones);
}

void fhir_address_read(const struct value *addresses, struct buf *out) {
  static const char *const parts[] = {"state", "city", "district"};
  struct value first = value_at(addresses, 0), text = value_field(&first, "text"),
               lines = value_field(&first, "line"), line;
  struct value_iter iter = value_iterate(&lines);
  if (text.kind == VALUE_TEXT) {
    add(&text, out);
    return;
  }
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct value part = value_field(&first, parts[i]);
    add(&part, out);
  }
  while (value_next(&iter, NULL, &line)) add(&line, out);
}

struct value fhir_identifier(const struct value *identifiers, const char *system,
                             const char *type) {
  struct value best = {.kind = VALUE_NIL}, identifier;
  struct value_iter iter = value_iterate(identifiers);
  while (value_next(&iter, NULL, &identifier)) {
    struct value value = value_field(&identifier, "value"),
                 of = value_field(&identifier, "system"),
                 concept = value_field(&identifier, "type"),
                 code = fhir_code(&concept, NULL);
    if (value.kind != VALUE_TEXT || !value.text.len) continue;
    if (system ? value_is(&of, system) : value_is(&code, type)) return value;
    if (!system && best.kind == VALUE_NIL) best = value;
  }
  return best;
}
