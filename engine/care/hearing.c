#include "care/hearing.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/catalog.h"

struct listener {  // a watch of its own, once for each kind that it listens to
  char *kind;
  const char *department, *id;  // the catalog's, as body
  const struct value *body;
};

struct hearing {
  struct listener *listeners;  // sorted by kind and department
  size_t listener_count;
  char **kinds;  // sorted
  size_t count, cap;
  bool tiers;
  struct catalog *catalog;
  const char *department;  // while its definitions are looked through
};

static void hear(struct hearing *hearing, const char *before, const struct value *kind) {
  struct buf text = {0};
  if (kind->kind != VALUE_TEXT) return;
  if (hearing->count == hearing->cap) {
    hearing->cap = hearing->cap ? hearing->cap * 2 : 32;
    hearing->kinds = mem_resize(hearing->kinds, hearing->cap * sizeof *hearing->kinds);
  }
  buf_puts(&text, before);
  buf_put(&text, kind->text.data, kind->text.len);
  hearing->kinds[hearing->count++] = buf_take(&text);
}

static void hear_word(struct hearing *hearing, const char *kind) {
  hear(hearing, "", &(struct value){.kind = VALUE_TEXT, .text = {kind, strlen(kind)}});
}

static bool hear_all(struct hearing *hearing, const struct value *on) {
  struct value_iter iter = value_iterate(on);
  struct value item;
  bool discharge = value_is(on, "discharge");
  hear(hearing, "", on);
  while (value_next(&iter, NULL, &item)) {
    discharge = discharge || value_is(&item, "discharge");
    hear(hearing, "", &item);
  }
  return discharge;
}

// What becomes known after a discharge has the discharge looked at again (WARD 21).
static void hear_enroll(struct hearing *hearing, const struct value *on) {
  if (!hear_all(hearing, on)) return;
  hear_word(hearing, "procedure");
  hear_word(hearing, "diagnosis");
  hear_word(hearing, "drug");
}

static void listen(struct hearing *hearing, const char *id, const struct value *body,
                   const struct value *kind) {
  if (kind->kind != VALUE_TEXT) return;
  hearing->listeners = mem_resize(
      hearing->listeners, (hearing->listener_count + 1) * sizeof *hearing->listeners);
  hearing->listeners[hearing->listener_count++] =
      (struct listener){value_copy_text(kind), hearing->department, id, body};
}

static void add_loose_watch(void *self, const char *id, const struct value *body) {
  struct value on = value_field(body, "on"), item;
  struct value_iter iter = value_iterate(&on);
  hear_all(self, &on);
  listen(self, id, body, &on);
  while (value_next(&iter, NULL, &item)) listen(self, id, body, &item);
}

static void add_watch(struct hearing *hearing, const struct value *body) {
  struct value on = value_field(body, "on");
  hear_all(hearing, &on);
}

static void add_pathway(void *self, const char *id, const struct value *body) {
  struct hearing *hearing = self;
  struct value enroll = value_field(body, "enroll"), on = value_field(&enroll, "on"),
               tier = value_field(body, "tier"), watches = value_field(body, "watches"),
               watch;
  struct value_iter iter = value_iterate(&watches);
  hear_enroll(hearing, &on);
  hearing->tiers = hearing->tiers || value_true(&tier);
  (void)id;
  while (value_next(&iter, NULL, &watch)) add_watch(hearing, &watch);
}

// A measurement answers the form that asks for it (SCRIPTING rule 10).
static void add_form(void *self, const char *id, const struct value *body) {
  struct value items = value_field(body, "items"), item;
  struct value_iter iter = value_iterate(&items);
  (void)id;
  while (value_next(&iter, NULL, &item)) {
    struct value observe = value_field(&item, "observe");
    hear(self, "observation:", &observe);
  }
}

static void add_department(void *self, const char *department) {
  struct hearing *hearing = self;
  struct catalog *catalog = hearing->catalog;
  hearing->department = department;
  catalog_each(catalog, department, "pathway", add_pathway, self);
  catalog_each(catalog, department, "watch", add_loose_watch, self);
  catalog_each(catalog, department, "form", add_form, self);
}

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_listeners(const void *a, const void *b) {
  const struct listener *one = a, *other = b;
  int order = strcmp(one->kind, other->kind);
  if (!order) order = strcmp(one->department, other->department);
  return order ? order : strcmp(one->id, other->id);
}

struct hearing *hearing_new(struct catalog *catalog) {
  struct hearing *hearing = mem_alloc(sizeof *hearing);
  hearing->catalog = catalog;
  catalog_each_department(catalog, add_department, hearing);
  if (hearing->count)
    qsort(hearing->kinds, hearing->count, sizeof *hearing->kinds, compare);
  if (hearing->listener_count)
    qsort(hearing->listeners, hearing->listener_count, sizeof *hearing->listeners,
          compare_listeners);
  return hearing;
}

void hearing_free(struct hearing *hearing) {
  if (!hearing) return;
  for (size_t i = 0; i < hearing->count; i++) mem_free(hearing->kinds[i]);
  mem_free(hearing->kinds);
  for (size_t i = 0; i < hearing->listener_count; i++)
    mem_free(hearing->listeners[i].kind);
  mem_free(hearing->listeners);
  mem_free(hearing);
}

bool hearing_has(const struct hearing *hearing, const char *kind) {
  return hearing->count &&
         bsearch(&kind, hearing->kinds, hearing->count, sizeof *hearing->kinds, compare);
}

bool hearing_tiers(const struct hearing *hearing) { return hearing->tiers; }

// The first at or behind the kind.
static size_t first_of(const struct hearing *hearing, const char *kind) {
  size_t low = 0, high = hearing->listener_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(hearing->listeners[middle].kind, kind) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool hearing_next(const struct hearing *hearing, const char *kind, const char *department,
                  struct heard *out) {
  size_t at = out->at ? out->at : first_of(hearing, kind);
  for (; at < hearing->listener_count && !strcmp(hearing->listeners[at].kind, kind);
       at++) {
    const struct listener *listener = &hearing->listeners[at];
    if (strcmp(listener->department, department)) continue;
    *out = (struct heard){listener->id, listener->body, at + 1};
    return true;
  }
  return false;
}
