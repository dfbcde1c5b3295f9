#include "care/follow_up_figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"

enum { ROOM = 64, MOST = 20000 };

static const char *const names[FOLLOW_FIGURES] = {"acknowledged",
                                                  "acted",
                                                  "alerts",
                                                  "answers",
                                                  "bad_numbers",
                                                  "booked",
                                                  "by_page",
                                                  "calls",
                                                  "came",
                                                  "complicated",
                                                  "connected",
                                                  "covered",
                                                  "deaths",
                                                  "discharges",
                                                  "due",
                                                  "effective",
                                                  "entries",
                                                  "fake",
                                                  "judged",
                                                  "listed",
                                                  "lost",
                                                  "points",
                                                  "points_most",
                                                  "readmitted",
                                                  "readmitted_before",
                                                  "readmitted_unknown",
                                                  "readmitted_unplanned",
                                                  "refused",
                                                  "refused_entries",
                                                  "sampled",
                                                  "suspected_no_record",
                                                  "suspected_same",
                                                  "suspected_short",
                                                  "tasks",
                                                  "timely",
                                                  "transfers"};

void follow_up_counters_init(struct follow_up_counters *counters) {
  *counters =
      (struct follow_up_counters){mem_alloc(ROOM * sizeof *counters->list), 1, ROOM};
}

void follow_up_counters_deinit(struct follow_up_counters *counters) {
  for (int i = 0; i < counters->count; i++) buf_deinit(&counters->list[i].ack);
  mem_free(counters->list);
}

static void make_room(struct follow_up_counters *counters) {
  if (counters->count < counters->room) return;
  size_t size = sizeof *counters->list * (size_t)counters->room;
  counters->list = mem_resize(counters->list, size * 2);
  memset((char *)counters->list + size, 0, size);
  counters->room *= 2;
}

int follow_up_counter_of(struct follow_up_counters *counters, const char *group,
                         const char *key) {
  if (!key || !*key || strlen(key) >= FOLLOW_KEY) return 0;
  for (int i = 1; i < counters->count; i++)
    if (!strcmp(counters->list[i].key, key) && !strcmp(counters->list[i].group, group))
      return i;
  if (counters->count == MOST) return 0;
  make_room(counters);
  struct follow_up_counter *counter = &counters->list[counters->count];
  snprintf(counter->group, sizeof counter->group, "%s", group);
  snprintf(counter->key, sizeof counter->key, "%s", key);
  return counters->count++;
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static void put_median(struct follow_up_counter *counter, struct mapping *map) {
  int64_t *list = (int64_t *)(void *)counter->ack.data;
  size_t count = counter->ack.len / sizeof *list;
  if (!count) return;
  qsort(list, count, sizeof *list, by_size);
  mapping_int(map, "median_ack_ms", list[(count - 1) / 2]);
}

// Keys stand in order: "key" and "median_ack_ms" among the figures' names.
static void put_counter(struct follow_up_counter *counter, struct buf *out) {
  struct mapping map = mapping_begin(out);
  for (int i = 0; i < FOLLOW_FIGURES; i++) {
    if (i == FOLLOW_LISTED && *counter->key) mapping_text(&map, "key", counter->key);
    if (i == FOLLOW_POINTS) put_median(counter, &map);
    mapping_int(&map, names[i], counter->figures[i]);
  }
  mapping_end(&map);
}

static int by_group(const void *a, const void *b) {
  const struct follow_up_counter *x = a, *y = b;
  int order = strcmp(x->group, y->group);
  return order ? order : strcmp(x->key, y->key);
}

void follow_up_counters_put(struct follow_up_counters *counters, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_key(&map, "by");
  struct mapping by = mapping_begin(out);
  qsort(counters->list + 1, (size_t)counters->count - 1, sizeof *counters->list,
        by_group);
  for (int at = 1; at < counters->count;) {
    const char *group = counters->list[at].group;
    mapping_key(&by, group);
    size_t list = value_begin_list(out);
    uint32_t count = 0;
    for (; at < counters->count && !strcmp(counters->list[at].group, group); count++)
      put_counter(&counters->list[at++], out);
    value_end(out, list, count);
  }
  mapping_end(&by);
  mapping_key(&map, "total");
  put_counter(&counters->list[0], out);
  mapping_end(&map);
}
