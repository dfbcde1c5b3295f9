#define _GNU_SOURCE  // memmem
#include "care/feedback_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/value.h"
#include "care/mapping.h"

enum { SLOTS = 4096, KEY = 96, PERIODS = 3 };

struct counter {
  char key[KEY];  // "stage\x1fbilling"
  int64_t count[PERIODS];
};

struct counting {
  struct counter *slots;
  size_t used;
  int64_t items[PERIODS], stars, starred;
};

static size_t hash_of(const char *text) {
  size_t hash = 1469598103934665603u;
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 1099511628211u;
  return hash;
}

// What is new when the table is full is left out: the greatest come first by far.
static void add(struct counting *counting, const char *group, const char *word,
                size_t len, int period) {
  char key[KEY];
  if (!len || len > KEY - 16) return;
  int used = snprintf(key, sizeof key, "%s\x1f%.*s", group, (int)len, word);
  if (used < 0) return;
  for (size_t at = hash_of(key) % SLOTS, tries = 0; tries < SLOTS;
       at = (at + 1) % SLOTS, tries++) {
    struct counter *slot = &counting->slots[at];
    if (!slot->key[0]) {
      if (counting->used >= SLOTS / 2) return;
      memcpy(slot->key, key, sizeof key);
      counting->used++;
    }
    if (strcmp(slot->key, key) != 0) continue;
    slot->count[period]++;
    return;
  }
}

static void add_text(struct counting *counting, const char *group,
                     const struct value *field, int period) {
  if (field->kind == VALUE_TEXT)
    add(counting, group, field->text.data, field->text.len, period);
}

// The phrases that said so, apart by 、.
static void add_words(struct counting *counting, const struct value *because,
                      int period) {
  static const char mark[] = "、";
  const char *at = because->kind == VALUE_TEXT ? because->text.data : NULL;
  size_t left = at ? because->text.len : 0;
  while (left) {
    const char *end = memmem(at, left, mark, sizeof mark - 1);
    size_t len = end ? (size_t)(end - at) : left;
    add(counting, "word", at, len, period);
    size_t used = end ? len + sizeof mark - 1 : len;
    at += used;
    left -= used;
  }
}

static void add_pair(struct counting *counting, const struct value *stage,
                     const struct value *type, int period) {
  char pair[KEY];
  if (stage->kind != VALUE_TEXT || type->kind != VALUE_TEXT) return;
  int len = snprintf(pair, sizeof pair, "%.*s/%.*s", (int)stage->text.len,
                     stage->text.data, (int)type->text.len, type->text.data);
  add(counting, "pair", pair, len < 0 ? 0 : (size_t)len, period);
}

static void add_case(struct counting *counting, struct stmt *row, int period) {
  static const char *const fields[] = {"stage", "type", "nature", "channel", "lead"};
  size_t len;
  struct value facts, stars;
  const char *bytes = stmt_bytes(row, 1, &len), *tier = stmt_text(row, 2);
  counting->items[period]++;
  if (tier) add(counting, "tier", tier, strlen(tier), period);
  if (!value_read_front(bytes, len, &facts)) return;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    struct value field = value_field(&facts, fields[i]);
    add_text(counting, fields[i], &field, period);
  }
  struct value stage = value_field(&facts, "stage"), type = value_field(&facts, "type"),
               because = value_field(&facts, "because");
  add_pair(counting, &stage, &type, period);
  add_words(counting, &because, period);
  stars = value_field(&facts, "stars");
  if (period || stars.kind != VALUE_INT) return;
  counting->stars += stars.integer;
  counting->starred++;
}

#define IN_DEPARTMENTS(column) \
  "(?3 IS NULL OR " column " IN (SELECT value FROM json_each(?3)))"

static void count_cases(struct store *store, const struct feedback_period *period,
                        struct counting *counting) {
  int64_t length = period->to - period->from;
  struct stmt *rows =
      store_query(store,
                  "SELECT received_at, facts, tier FROM case_file JOIN enrollment ON"
                  " enrollment.id=case_file.enrollment WHERE received_at>=?1 AND "
                  "received_at<?2 AND " IN_DEPARTMENTS("case_file.department"),
                  "iit", period->from - 2 * length, period->to, period->departments);
  while (stmt_row(rows)) {
    int64_t at = stmt_int(rows, 0);
    add_case(counting, rows,
             at >= period->from            ? 0
             : at >= period->from - length ? 1
                                           : 2);
  }
  stmt_done(rows);
}

// --- writing

static int by_key(const void *a, const void *b) {
  return strcmp(((const struct counter *)a)->key, ((const struct counter *)b)->key);
}

static void put_periods(struct mapping *map, const int64_t count[PERIODS]) {
  mapping_int(map, "now", count[0]);
  mapping_int(map, "older", count[2]);
}

static void put_counter(const struct counter *counter, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "before", counter->count[1]);
  mapping_text(&map, "key", strchr(counter->key, '\x1f') + 1);
  put_periods(&map, counter->count);
  mapping_end(&map);
}

static void put_groups(struct counting *counting, struct buf *out) {
  struct mapping map = mapping_begin(out);
  qsort(counting->slots, SLOTS, sizeof *counting->slots, by_key);
  for (size_t i = 0; i < SLOTS;) {
    const char *key = counting->slots[i].key;
    size_t group = strcspn(key, "\x1f");
    char name[16];
    if (!*key || group >= sizeof name) {
      i++;
      continue;
    }
    memcpy(name, key, group);
    name[group] = '\0';
    mapping_key(&map, name);
    size_t list = value_begin_list(out);
    uint32_t count = 0;
    for (; i < SLOTS && !strncmp(counting->slots[i].key, key, group + 1); i++, count++)
      put_counter(&counting->slots[i], out);
    value_end(out, list, count);
  }
  mapping_end(&map);
}

static void put_clocks(struct store *store, const struct feedback_period *period,
                       struct buf *out) {
  uint32_t count = 0;
  size_t list = value_begin_list(out);
  struct stmt *rows = store_query(
      store,
      "SELECT name, total(met_at IS NOT NULL AND breached_at IS NULL),"
      " total(breached_at IS NOT NULL), total(ended_at IS NULL AND breached_at IS NULL)"
      " FROM clock JOIN case_file USING (enrollment) WHERE started_at>=?1 AND "
      "started_at<?2"
      " AND " IN_DEPARTMENTS("department") " GROUP BY name ORDER BY name",
      "iit", period->from, period->to, period->departments);
  for (; stmt_row(rows); count++) {
    struct mapping map = mapping_begin(out);
    mapping_int(&map, "late", (int64_t)stmt_real(rows, 2));
    mapping_int(&map, "met", (int64_t)stmt_real(rows, 1));
    mapping_text(&map, "name", stmt_text(rows, 0));
    mapping_int(&map, "open", (int64_t)stmt_real(rows, 3));
    mapping_end(&map);
  }
  stmt_done(rows);
  value_end(out, list, count);
}

// How the cases of the period ended: the last word of the sender is the reason.
static void put_satisfaction(struct store *store, const struct feedback_period *period,
                             struct buf *out) {
  struct stmt *row = store_query(
      store,
      "SELECT (SELECT count(DISTINCT question.enrollment) FROM question JOIN case_file"
      " USING (enrollment) WHERE form='satisfied' AND received_at>=?1 AND received_at<?2 AND "
      IN_DEPARTMENTS("case_file.department")
      "), total(closed='yes'), total(closed='partly'), total(closed IN ('no','unresolved'))"
      " FROM case_file WHERE received_at>=?1 AND received_at<?2 AND "
      IN_DEPARTMENTS("department"),
      "iit", period->from, period->to, period->departments);
  struct mapping map = mapping_begin(out);
  if (stmt_row(row)) {
    mapping_int(&map, "asked", stmt_int(row, 0));
    mapping_int(&map, "no", (int64_t)stmt_real(row, 3));
    mapping_int(&map, "partly", (int64_t)stmt_real(row, 2));
    mapping_int(&map, "yes", (int64_t)stmt_real(row, 1));
  }
  stmt_done(row);
  mapping_end(&map);
}

// Time to the answer against how it ended: a median of each end.
static void put_answered(struct store *store, const struct feedback_period *period,
                         struct buf *out) {
  uint32_t count = 0;
  size_t list = value_begin_list(out);
  struct stmt *rows = store_query(
      store,
      "SELECT closed, count(*), max(CASE WHEN place=(most+1)/2 THEN took END) FROM "
      "(SELECT"
      " closed, met_at-received_at AS took, row_number() OVER (PARTITION BY closed ORDER "
      "BY"
      " met_at-received_at) AS place, count(*) OVER (PARTITION BY closed) AS most FROM"
      " case_file JOIN clock ON clock.enrollment=case_file.enrollment AND clock.round=1 "
      "AND"
      " name='resolution' AND met_at IS NOT NULL WHERE closed IS NOT NULL AND"
      " received_at>=?1 AND received_at<?2 AND " IN_DEPARTMENTS(
          "department") ") GROUP BY closed ORDER BY closed",
      "iit", period->from, period->to, period->departments);
  for (; stmt_row(rows); count++) {
    struct mapping map = mapping_begin(out);
    mapping_int(&map, "cases", stmt_int(rows, 1));
    mapping_text(&map, "closed", stmt_text(rows, 0));
    mapping_int(&map, "median_ms", stmt_int(rows, 2));
    mapping_end(&map);
  }
  stmt_done(rows);
  value_end(out, list, count);
}

// "How likely would you recommend us, 0 to 10?": items that are called nps, in any form.
static void put_nps(struct store *store, const struct feedback_period *period,
                    struct buf *out) {
  int64_t classes[3] = {0};
  struct stmt *rows = store_query(
      store,
      "SELECT body FROM answer WHERE at>=?1 AND at<?2 AND " IN_DEPARTMENTS("department"),
      "iit", period->from, period->to, period->departments);
  while (stmt_row(rows)) {
    size_t len;
    struct value body;
    const char *bytes = stmt_bytes(rows, 0, &len);
    if (!value_read_front(bytes, len, &body)) continue;
    struct value nps = value_field(&body, "nps");
    if (nps.kind == VALUE_INT) classes[nps.integer >= 9 ? 2 : nps.integer >= 7 ? 1 : 0]++;
  }
  stmt_done(rows);
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "detractors", classes[0]);
  mapping_int(&map, "passives", classes[1]);
  mapping_int(&map, "promoters", classes[2]);
  mapping_end(&map);
}

static void put_items(const struct counting *counting, struct mapping *map) {
  mapping_key(map, "items");
  struct mapping items = mapping_begin(map->out);
  mapping_int(&items, "before", counting->items[1]);
  put_periods(&items, counting->items);
  mapping_end(&items);
}

static void put_stars(const struct counting *counting, struct mapping *map) {
  mapping_key(map, "stars");
  struct mapping stars = mapping_begin(map->out);
  mapping_int(&stars, "count", counting->starred);
  mapping_int(&stars, "sum", counting->stars);
  mapping_end(&stars);
}

void feedback_count(struct store *store, const struct feedback_period *period,
                    struct buf *out) {
  struct counting counting = {.slots = mem_alloc(SLOTS * sizeof *counting.slots)};
  count_cases(store, period, &counting);
  struct mapping map = mapping_begin(out);
  mapping_key(&map, "answered");
  put_answered(store, period, out);
  mapping_key(&map, "by");
  put_groups(&counting, out);
  mapping_key(&map, "clocks");
  put_clocks(store, period, out);
  put_items(&counting, &map);
  mapping_key(&map, "nps");
  put_nps(store, period, out);
  mapping_key(&map, "satisfaction");
  put_satisfaction(store, period, out);
  put_stars(&counting, &map);
  mapping_end(&map);
  mem_free(counting.slots);
}
