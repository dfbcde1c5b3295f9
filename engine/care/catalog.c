#include "care/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/departed.h"
#include "care/hearing.h"

enum { CALENDARS = 16 };

struct named_calendar {
  char *name;
  struct calendar *calendar;
};

struct named_schedule {
  char *pathway;
  struct schedule *schedule;
};

struct definition {
  char *kind, *id;
  struct value body;  // view of its entry's body
};

struct entry {  // one department's active definitions
  struct entry *next;
  char *department;
  int64_t bundle;
  struct buf body;
  struct value definitions;  // view of body
  struct definition *list;   // sorted by kind, then id: asked several times a turn
  uint32_t count;
  struct value own;       // kind "department"
  char *zone;             // of own; NULL
  struct window contact;  // of own; empty
  struct named_schedule *schedules;
  uint32_t schedule_count;
  struct named_calendar calendars[CALENDARS];
  int calendar_count;
  struct departed *departed;
};

struct catalog {
  struct entry *first;
  struct buf holidays;  // of the built-in calendar "cn"
  char holidays_digest[33];
  struct calendar *cn, *always;
  struct hearing *hearing;  // NULL: not looked for since the last put
};

static struct calendar *make_cn(const struct buf *holidays, struct status *status) {
  struct calendar *calendar = worktime_new();
  if (worktime_set_hours(calendar, "mon-fri", "08:00-12:00,13:30-17:30", status) ||
      (holidays->len && worktime_add_holidays(calendar, holidays->data, holidays->len,
                                              "calendar/cn.csv", status))) {
    worktime_free(calendar);
    return NULL;
  }
  return calendar;
}

struct catalog *catalog_new(void) {
  struct catalog *catalog = mem_alloc(sizeof *catalog);
  struct status status = {0};
  catalog->cn = make_cn(&catalog->holidays, &status);
  catalog->always = worktime_new_always();
  return catalog;
}

static void entry_free(struct entry *entry) {
  for (uint32_t i = 0; i < entry->count; i++) {
    mem_free(entry->list[i].kind);
    mem_free(entry->list[i].id);
  }
  mem_free(entry->list);
  for (uint32_t i = 0; i < entry->schedule_count; i++) {
    mem_free(entry->schedules[i].pathway);
    schedule_free(entry->schedules[i].schedule);
  }
  for (int i = 0; i < entry->calendar_count; i++) {
    mem_free(entry->calendars[i].name);
    worktime_free(entry->calendars[i].calendar);
  }
  departed_free(entry->departed);
  mem_free(entry->schedules);
  mem_free(entry->department);
  mem_free(entry->zone);
  buf_deinit(&entry->body);
  mem_free(entry);
}

void catalog_free(struct catalog *catalog) {
  if (!catalog) return;
  while (catalog->first) {
    struct entry *next = catalog->first->next;
    entry_free(catalog->first);
    catalog->first = next;
  }
  hearing_free(catalog->hearing);
  worktime_free(catalog->cn);
  worktime_free(catalog->always);
  buf_deinit(&catalog->holidays);
  mem_free(catalog);
}

int catalog_set_holidays(struct catalog *catalog, const char *csv, size_t len,
                         struct status *status) {
  struct buf holidays = {0};
  buf_put(&holidays, csv, len);
  struct calendar *cn = make_cn(&holidays, status);
  if (!cn) {
    buf_deinit(&holidays);
    return status->code;
  }
  worktime_free(catalog->cn);
  buf_deinit(&catalog->holidays);
  catalog->cn = cn;
  catalog->holidays = holidays;
  digest_hex(csv, len, catalog->holidays_digest);
  return OK;
}

static int add_schedule(struct entry *entry, const struct value *key,
                        const struct value *body, struct status *status) {
  struct value steps = value_field(body, "steps");
  struct named_schedule *slot = &entry->schedules[entry->schedule_count];
  if (schedule_parse(&steps, &slot->schedule, status))
    return status_prefix(status, "pathway '%.*s'", (int)key->text.len, key->text.data);
  slot->pathway = value_copy_text(key);
  entry->schedule_count++;
  return OK;
}

static int add_schedules(struct entry *entry, struct status *status) {
  struct value pathways = value_field(&entry->definitions, "pathway"), key, body;
  entry->schedules = mem_alloc((value_count(&pathways) + 1) * sizeof *entry->schedules);
  struct value_iter iter = value_iterate(&pathways);
  while (value_next(&iter, &key, &body))
    if (add_schedule(entry, &key, &body, status)) return status->code;
  return OK;
}

static int set_hours(struct calendar *calendar, const struct value *hours,
                     struct status *status) {
  struct value days, ranges;
  struct value_iter iter = value_iterate(hours);
  int code = OK;
  while (!code && value_next(&iter, &days, &ranges)) {
    char *day_text = value_copy_text(&days), *range_text = value_copy_text(&ranges);
    code = worktime_set_hours(calendar, day_text ? day_text : "",
                              range_text ? range_text : "", status);
    mem_free(day_text);
    mem_free(range_text);
  }
  return code;
}

static int add_calendar(struct catalog *catalog, struct entry *entry,
                        const struct value *key, const struct value *body,
                        struct status *status) {
  if (entry->calendar_count == CALENDARS)
    return status_fail(status, ERR_LIMIT, "more than %d calendars in one department",
                       CALENDARS);
  struct calendar *calendar = worktime_new();
  struct value hours = value_field(body, "hours"), days = value_field(body, "days"),
               holidays = value_field(body, "holidays");
  int code = set_hours(calendar, &hours, status);
  if (!code && value_is(&holidays, "cn") && catalog->holidays.len)
    code = worktime_add_holidays(calendar, catalog->holidays.data, catalog->holidays.len,
                                 "calendar/cn.csv", status);
  if (!code && days.kind == VALUE_TEXT)
    code = worktime_add_holidays(calendar, days.text.data, days.text.len, "holidays",
                                 status);
  if (!code) code = worktime_check(calendar, status);
  if (code) {
    worktime_free(calendar);
    return status_prefix(status, "calendar '%.*s'", (int)key->text.len, key->text.data);
  }
  entry->calendars[entry->calendar_count].name = value_copy_text(key);
  entry->calendars[entry->calendar_count++].calendar = calendar;
  return OK;
}

static int add_calendars(struct catalog *catalog, struct entry *entry,
                         struct status *status) {
  struct value calendars = value_field(&entry->definitions, "calendar"), key, body;
  struct value_iter iter = value_iterate(&calendars);
  while (value_next(&iter, &key, &body))
    if (add_calendar(catalog, entry, &key, &body, status)) return status->code;
  return OK;
}

static struct entry *find(struct catalog *catalog, const char *department) {
  struct entry *entry = catalog->first;
  while (entry && (!department || strcmp(entry->department, department)))
    entry = entry->next;
  return entry;
}

static void list_kind(struct entry *entry, const struct value *kind,
                      const struct value *all) {
  struct value_iter iter = value_iterate(all);
  struct value id, body;
  while (value_next(&iter, &id, &body))
    entry->list[entry->count++] =
        (struct definition){value_copy_text(kind), value_copy_text(&id), body};
}

// Canonical maps are sorted, so the list is, too.
static void list_definitions(struct entry *entry) {
  struct value_iter iter = value_iterate(&entry->definitions);
  struct value kind, all;
  uint32_t count = 0;
  while (value_next(&iter, NULL, &all)) count += value_count(&all);
  entry->list = mem_alloc((count + 1) * sizeof *entry->list);
  iter = value_iterate(&entry->definitions);
  while (value_next(&iter, &kind, &all)) list_kind(entry, &kind, &all);
}

static int compare_definition(const void *key, const void *item) {
  const struct definition *wanted = key, *definition = item;
  int order = strcmp(wanted->kind, definition->kind);
  return order ? order : strcmp(wanted->id, definition->id);
}

static struct value entry_find(const struct entry *entry, const char *kind,
                               const char *id) {
  struct definition wanted = {.kind = (char *)kind, .id = (char *)id};
  const struct definition *found = bsearch(&wanted, entry->list, entry->count,
                                           sizeof *entry->list, compare_definition);
  return found ? found->body : (struct value){0};
}

static void read_own(struct entry *entry) {
  struct status status = {0};
  entry->own = entry_find(entry, "department", entry->department);
  struct value zone = value_field(&entry->own, "zone"),
               contact = value_field(&entry->own, "contact_windows");
  char *windows = value_copy_text(&contact);
  entry->zone = value_copy_text(&zone);
  if (!windows || window_parse(windows, &entry->contact, &status))
    entry->contact.count = 0;
  mem_free(windows);
}

static void replace(struct catalog *catalog, struct entry *entry) {
  struct entry **at = &catalog->first;
  while (*at && strcmp((*at)->department, entry->department) < 0) at = &(*at)->next;
  if (*at && !strcmp((*at)->department, entry->department)) {
    struct entry *old = *at;
    *at = old->next;
    entry_free(old);
  }
  entry->next = *at;
  *at = entry;
}

// NULL when something in the definitions does not fit.
static struct entry *entry_new(struct catalog *catalog, const char *department,
                               const char *definitions, size_t len,
                               struct status *status) {
  struct entry *entry = mem_alloc(sizeof *entry);
  entry->department = mem_copy_text(department);
  buf_put(&entry->body, definitions, len);
  int code = OK;
  if (!value_read(buf_text(&entry->body), len, &entry->definitions))
    code = status_fail(status, ERR_INTERNAL,
                       "definitions of department '%s' can't be read", department);
  if (!code) code = add_schedules(entry, status);
  if (!code) code = add_calendars(catalog, entry, status);
  if (code) {
    entry_free(entry);
    return NULL;
  }
  list_definitions(entry);
  read_own(entry);
  return entry;
}

int catalog_check(struct catalog *catalog, const char *department,
                  const char *definitions, size_t len, struct status *status) {
  struct entry *entry = entry_new(catalog, department, definitions, len, status);
  if (!entry) return status->code;
  entry_free(entry);
  return OK;
}

int catalog_put(struct catalog *catalog, const char *department, int64_t bundle,
                const char *definitions, size_t len, struct status *status) {
  struct entry *entry = entry_new(catalog, department, definitions, len, status);
  if (!entry) return status->code;
  entry->bundle = bundle;
  replace(catalog, entry);
  hearing_free(catalog->hearing);
  catalog->hearing = NULL;
  return OK;
}

int catalog_load(struct catalog *catalog, struct store *store, struct status *status) {
  struct stmt *rows = store_query(
      store, "SELECT department, id, definitions FROM bundle WHERE active=1", "");
  int code = OK;
  while (!code && stmt_row(rows)) {
    size_t len;
    const char *body = stmt_bytes(rows, 2, &len);
    code = catalog_put(catalog, stmt_text(rows, 0), stmt_int(rows, 1), body, len, status);
  }
  stmt_done(rows);
  for (struct entry *entry = catalog->first; entry; entry = entry->next)
    entry->departed = departed_load(store, entry->department);
  return code;
}

void catalog_put_departed(struct catalog *catalog, const char *department,
                          struct departed *departed) {
  struct entry *entry = find(catalog, department);
  departed_free(entry->departed);
  entry->departed = departed;
}

int64_t catalog_departed(struct catalog *catalog, const char *department,
                         const char *kind, const char *id) {
  struct entry *entry = find(catalog, department);
  int64_t version = 0;
  if (entry && entry_find(entry, kind, id).kind == VALUE_NIL)
    departed_find(entry->departed, kind, id, &version);
  return version;
}

struct value catalog_definitions(struct catalog *catalog, const char *department) {
  struct entry *entry = find(catalog, department);
  return entry ? entry->definitions : (struct value){0};
}

const char *catalog_holidays(const struct catalog *catalog) {
  return catalog->holidays_digest;
}

struct value catalog_find(struct catalog *catalog, const char *department,
                          const char *kind, const char *id) {
  struct entry *entry = find(catalog, department);
  if (!entry || !id) return (struct value){0};
  struct value found = entry_find(entry, kind, id);
  return found.kind == VALUE_NIL ? departed_find(entry->departed, kind, id, NULL) : found;
}

struct value catalog_department(struct catalog *catalog, const char *department) {
  struct entry *entry = find(catalog, department);
  return entry ? entry->own : (struct value){0};
}

const char *catalog_zone(struct catalog *catalog, const char *department) {
  struct entry *entry = find(catalog, department);
  return entry ? entry->zone : NULL;
}

const struct window *catalog_contact(struct catalog *catalog, const char *department) {
  struct entry *entry = find(catalog, department);
  return entry && entry->contact.count ? &entry->contact : NULL;
}

int64_t catalog_bundle(struct catalog *catalog, const char *department) {
  struct entry *entry = find(catalog, department);
  return entry ? entry->bundle : 0;
}

void catalog_each_department(struct catalog *catalog,
                             void (*fn)(void *self, const char *department), void *self) {
  for (struct entry *entry = catalog->first; entry; entry = entry->next)
    fn(self, entry->department);
}

void catalog_each(struct catalog *catalog, const char *department, const char *kind,
                  void (*fn)(void *self, const char *id, const struct value *body),
                  void *self) {
  struct entry *entry = find(catalog, department);
  for (uint32_t i = 0; entry && i < entry->count; i++)
    if (!strcmp(entry->list[i].kind, kind))
      fn(self, entry->list[i].id, &entry->list[i].body);
}

const struct hearing *catalog_hearing(struct catalog *catalog) {
  if (!catalog->hearing) catalog->hearing = hearing_new(catalog);
  return catalog->hearing;
}

const struct schedule *catalog_schedule(struct catalog *catalog, const char *department,
                                        const char *pathway) {
  struct entry *entry = find(catalog, department);
  if (!entry || !pathway) return NULL;
  for (uint32_t i = 0; i < entry->schedule_count; i++)
    if (!strcmp(entry->schedules[i].pathway, pathway))
      return entry->schedules[i].schedule;
  return NULL;
}

static const struct calendar *calendar_named(struct catalog *catalog, struct entry *entry,
                                             const char *name) {
  for (int i = 0; entry && i < entry->calendar_count; i++)
    if (!strcmp(entry->calendars[i].name, name)) return entry->calendars[i].calendar;
  return !strcmp(name, "always") ? catalog->always : catalog->cn;
}

static const struct calendar *calendar_of(struct catalog *catalog, struct entry *entry,
                                          const struct value *declaration) {
  struct value field = value_field(declaration, "calendar");
  char *name = value_copy_text(&field);
  const struct calendar *calendar = name ? calendar_named(catalog, entry, name) : NULL;
  mem_free(name);
  return calendar;
}

const struct calendar *catalog_calendar(struct catalog *catalog, const char *department,
                                        const char *name) {
  struct entry *entry = find(catalog, department);
  if (name) return calendar_named(catalog, entry, name);
  struct value body = catalog_department(catalog, department);
  const struct calendar *calendar = calendar_of(catalog, entry, &body);
  return calendar ? calendar : catalog->cn;
}

const struct calendar *catalog_role_calendar(struct catalog *catalog,
                                             const char *department, const char *role) {
  struct entry *entry = find(catalog, department);
  struct value roster = catalog_find(catalog, department, "roster", role);
  const struct calendar *calendar = calendar_of(catalog, entry, &roster);
  return calendar ? calendar : catalog_calendar(catalog, department, NULL);
}

struct value text_in(const struct value *text, const char *language) {
  if (text->kind == VALUE_TEXT) return *text;
  struct value found =
      value_field(text, language && !strcmp(language, "en") ? "en" : "zh");
  if (found.kind != VALUE_TEXT) found = value_field(text, "zh");
  if (found.kind != VALUE_TEXT) found = value_field(text, "en");
  return found;
}

void catalog_each_guess(struct catalog *catalog, int32_t year,
                        void (*fn)(void *self, const char *calendar), void *self) {
  if (!worktime_knows_year(catalog->cn, year)) fn(self, "cn");
  for (struct entry *entry = catalog->first; entry; entry = entry->next)
    for (int i = 0; i < entry->calendar_count; i++)
      if (!worktime_knows_year(entry->calendars[i].calendar, year))
        fn(self, entry->calendars[i].name);
}
