#define _GNU_SOURCE  // memmem
#include "care/feedback_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "care/feedback_end.h"
#include "care/improvement_count.h"
#include "care/mapping.h"
#include "care/nps_count.h"

enum { CLOCKS_MOST = 32, CLOCK_NAME = 40, PAIR = 96 };

struct clock_counts {
  char name[CLOCK_NAME];
  int64_t met, late, open;
};

struct counting {
  const struct feedback_period *period;
  struct tally tally;
  struct tally_counter items;
  struct improvements improvements;
  struct feedback_ends ends;
  struct clock_counts clocks[CLOCKS_MOST];
  int clock_count;
  int64_t stars, starred;
};

// --- one case

static int month_of(const struct feedback_period *period, int64_t at) {
  if (at >= period->to || at < period->older) return -1;
  return at >= period->from ? 0 : at >= period->before ? 1 : 2;
}

static int week_of(const struct feedback_period *period, int64_t at) {
  for (int i = TALLY_WEEKS; i-- > 0;)
    if (at >= period->weeks[i]) return at < period->weeks[i + 1] ? i : -1;
  return -1;
}

static struct clock_counts *clock_of(struct counting *counting, const char *name,
                                     size_t len) {
  struct clock_counts *clocks = counting->clocks;
  if (len >= CLOCK_NAME) return NULL;
  for (int i = 0; i < counting->clock_count; i++)
    if (!strncmp(clocks[i].name, name, len) && !clocks[i].name[len]) return &clocks[i];
  if (counting->clock_count == CLOCKS_MOST) return NULL;
  struct clock_counts *clock = &clocks[counting->clock_count++];
  memcpy(clock->name, name, len);
  return clock;
}

// "dispatch=met resolution=late"
static void read_clocks(struct counting *counting, const char *at, bool now,
                        struct tally_counter *worth) {
  while (at && *at) {
    size_t name = strcspn(at, "=");
    if (!at[name]) return;
    const char *how = at + name + 1;
    struct clock_counts *clock = now ? clock_of(counting, at, name) : NULL;
    if (*how == 'm') worth->met++;
    if (*how == 'l') worth->late++;
    if (clock) ++*(*how == 'm' ? &clock->met : *how == 'l' ? &clock->late : &clock->open);
    at = how + strcspn(how, " ");
    at += *at == ' ';
  }
}

static void add_text(struct counting *counting, const char *group, const char *text,
                     const struct tally_place *place) {
  if (text) tally_add(&counting->tally, group, text, strlen(text), place);
}

// a/b
static void add_two(struct counting *counting, const char *group, const char *a,
                    const char *b, size_t len, const struct tally_place *place) {
  char pair[PAIR];
  if (!a || !b || strlen(a) + len + 2 > sizeof pair) return;
  int used = snprintf(pair, sizeof pair, "%s/%.*s", a, (int)len, b);
  tally_add(&counting->tally, group, pair, (size_t)used, place);
}

// The phrases that said so, apart by 、; and which of them are said of whom.
static void add_words(struct counting *counting, const struct case_figure *figure,
                      const struct tally_place *place) {
  static const char mark[] = "、";
  const char *at = figure->text[FIGURE_WORDS];
  while (at && *at) {
    const char *end = strstr(at, mark);
    size_t len = end ? (size_t)(end - at) : strlen(at);
    tally_add(&counting->tally, "word", at, len, place);
    add_two(counting, "why", figure->text[FIGURE_LEAD], at, len, place);
    at = end ? end + sizeof mark - 1 : NULL;
  }
}

static void add_groups(struct counting *counting, const struct case_figure *figure,
                       const struct tally_place *place) {
  static const struct {
    const char *name;
    enum case_figure_text which;
  } groups[] = {{"stage", FIGURE_STAGE},   {"type", FIGURE_TYPE},
                {"nature", FIGURE_NATURE}, {"channel", FIGURE_CHANNEL},
                {"lead", FIGURE_LEAD},     {"tier", FIGURE_TIER},
                {"ward", FIGURE_WARD}};
  const char *type = figure->text[FIGURE_TYPE];
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    add_text(counting, groups[i].name, figure->text[groups[i].which], place);
  if (type)
    add_two(counting, "pair", figure->text[FIGURE_STAGE], type, strlen(type), place);
  add_words(counting, figure, place);
}

static void count_case(void *self, const struct case_figure *figure) {
  struct counting *counting = self;
  struct tally_counter worth = {.key = ""};
  struct tally_place place = {month_of(counting->period, figure->received_at),
                              week_of(counting->period, figure->received_at), &worth};
  read_clocks(counting, figure->text[FIGURE_CLOCKS], place.month == 0, &worth);
  feedback_end_worth(figure, &worth.satisfied, &worth.unsatisfied);
  improvements_add(&counting->improvements, figure,
                   &(struct improvement_side){0, worth.satisfied, worth.unsatisfied,
                                              worth.met, worth.late});
  if (place.month >= 0) counting->items.months[place.month]++;
  if (place.week >= 0) counting->items.weeks[place.week]++;
  if (place.month >= 0 || place.week >= 0) add_groups(counting, figure, &place);
  if (place.month != 0) return;
  feedback_ends_add(&counting->ends, figure);
  counting->stars += figure->stars;
  counting->starred += figure->stars != 0;
}

// --- all of them

static int64_t earliest(const struct counting *counting) {
  int64_t from = counting->period->older;
  if (counting->period->weeks[0] < from) from = counting->period->weeks[0];
  return counting->improvements.from < from ? counting->improvements.from : from;
}

static void put_clocks(const struct counting *counting, struct buf *out) {
  size_t list = value_begin_list(out);
  for (int i = 0; i < counting->clock_count; i++) {
    struct mapping map = mapping_begin(out);
    mapping_int(&map, "late", counting->clocks[i].late);
    mapping_int(&map, "met", counting->clocks[i].met);
    mapping_text(&map, "name", counting->clocks[i].name);
    mapping_int(&map, "open", counting->clocks[i].open);
    mapping_end(&map);
  }
  value_end(out, list, (uint32_t)counting->clock_count);
}

static void put_items(const struct tally_counter *items, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "before", items->months[1]);
  mapping_int(&map, "now", items->months[0]);
  mapping_int(&map, "older", items->months[2]);
  mapping_key(&map, "weeks");
  size_t list = value_begin_list(out);
  for (int i = 0; i < TALLY_WEEKS; i++) value_put_int(out, items->weeks[i]);
  value_end(out, list, TALLY_WEEKS);
  mapping_end(&map);
}

static void put_nps(const struct nps_counts *nps, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "answered", nps->answered);
  mapping_int(&map, "asked", nps->asked);
  mapping_int(&map, "detractors", nps->detractors);
  mapping_int(&map, "passives", nps->passives);
  mapping_int(&map, "promoters", nps->promoters);
  mapping_end(&map);
}

static void put_all(struct counting *counting, const struct nps_counts *nps,
                    struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_key(&map, "answered");
  feedback_ends_put_times(&counting->ends, out);
  mapping_key(&map, "bands");
  feedback_ends_put_bands(&counting->ends, out);
  mapping_key(&map, "by");
  tally_put(&counting->tally, out);
  mapping_key(&map, "clocks");
  put_clocks(counting, out);
  mapping_key(&map, "improvements");
  improvements_put(&counting->improvements, counting->period->zone, out);
  mapping_key(&map, "items");
  put_items(&counting->items, out);
  mapping_key(&map, "nps");
  put_nps(nps, out);
  mapping_key(&map, "satisfaction");
  feedback_ends_put(&counting->ends, out);
  mapping_key(&map, "stars");
  struct mapping stars = mapping_begin(out);
  mapping_int(&stars, "count", counting->starred);
  mapping_int(&stars, "sum", counting->stars);
  mapping_end(&stars);
  mapping_end(&map);
}

void feedback_count(struct store *store, const struct feedback_period *period,
                    struct buf *out) {
  struct counting counting = {.period = period};
  struct nps_counts nps;
  tally_init(&counting.tally);
  improvements_load(store, period->older,
                    period->to < period->now ? period->to : period->now,
                    period->departments, &counting.improvements);
  case_figures(store, earliest(&counting), period->to, period->departments, count_case,
               &counting);
  nps_count(store, period->from, period->to, period->departments, &nps);
  put_all(&counting, &nps, out);
  tally_deinit(&counting.tally);
  improvements_deinit(&counting.improvements);
  feedback_ends_deinit(&counting.ends);
}
