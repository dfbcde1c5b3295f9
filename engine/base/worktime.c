#include "base/worktime.h"

#include "base/mem.h"

enum { SEARCH_DAYS = 366 * 60 };  // how far working time is looked for

static const struct window closed;
static const struct window open_all_day = {1, {{0, 1440}}};

struct calendar *worktime_new(void) {
  return mem_alloc(sizeof(struct calendar));
}

struct calendar *worktime_new_always(void) {
  struct calendar *calendar = worktime_new();
  calendar->always = true;
  return calendar;
}

void worktime_free(struct calendar *calendar) {
  if (!calendar) return;
  for (size_t i = 0; i < calendar->special_count; i++)
    mem_free(calendar->special[i].name);
  mem_free(calendar->special);
  mem_free(calendar->festivals);
  mem_free(calendar);
}

bool worktime_knows_year(const struct calendar *calendar, int32_t year) {
  if (calendar->always || calendar->special_count == 0) return true;
  int64_t first = civil_days(year, 1, 1), next = civil_days((int64_t)year + 1, 1, 1);
  for (size_t i = 0; i < calendar->special_count; i++) {
    const struct worktime_special *special = &calendar->special[i];
    if (!special->work && special->day >= first && special->day < next) return true;
  }
  return false;
}

bool worktime_is_festival(const struct calendar *calendar, int64_t day) {
  size_t low = 0, high = calendar->festival_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (calendar->festivals[middle] < day)
      low = middle + 1;
    else
      high = middle;
  }
  return low < calendar->festival_count && calendar->festivals[low] == day;
}

bool worktime_knows_festivals(const struct calendar *calendar, int32_t year) {
  int64_t first = civil_days(year, 1, 1), next = civil_days((int64_t)year + 1, 1, 1);
  for (size_t i = 0; i < calendar->festival_count; i++)
    if (calendar->festivals[i] >= first && calendar->festivals[i] < next) return true;
  return false;
}

const struct worktime_special *worktime_find_special(const struct calendar *calendar,
                                                     int64_t day) {
  size_t low = 0, high = calendar->special_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (calendar->special[middle].day < day)
      low = middle + 1;
    else
      high = middle;
  }
  bool found = low < calendar->special_count && calendar->special[low].day == day;
  return found ? &calendar->special[low] : NULL;
}

const struct window *worktime_hours(const struct calendar *calendar, int64_t day) {
  if (calendar->always) return &open_all_day;
  const struct worktime_special *special = worktime_find_special(calendar, day);
  if (!special) return &calendar->week[civil_weekday(day) - 1];
  if (!special->work) return &closed;
  for (int i = 0; i < 7; i++)
    if (calendar->week[i].count) return &calendar->week[i];
  return &closed;
}

// A stretch in which neither the offset nor open and closed change.
struct stretch {
  bool open;
  int64_t until;
};

static struct stretch stretch_at(const struct calendar *calendar, const struct zone *zone,
                                 int64_t ms) {
  int64_t zone_until;
  int64_t local = ms + (int64_t)zone_offset(zone, ms, &zone_until) * 1000;
  int64_t day = civil_floor_div(local, CIVIL_DAY_MS);
  int32_t until, of_day = (int32_t)(local - day * CIVIL_DAY_MS);
  bool open = window_at(worktime_hours(calendar, day), of_day, &until);
  int64_t edge = ms + (until - of_day);
  return (struct stretch){open, edge < zone_until ? edge : zone_until};
}

static int none_found(struct status *status) {
  return status_fail(status, ERR_LIMIT,
                     "the calendar has not that much working time in %d years; give it "
                     "hours, or ask for less",
                     SEARCH_DAYS / 366);
}

bool worktime_is_open(const struct calendar *calendar, const struct zone *zone,
                      int64_t ms) {
  return stretch_at(calendar, zone, ms).open;
}

int worktime_next(const struct calendar *calendar, const struct zone *zone, int64_t ms,
                  int64_t *out, struct status *status) {
  int64_t limit = ms + (int64_t)SEARCH_DAYS * CIVIL_DAY_MS;
  while (ms < limit) {
    struct stretch stretch = stretch_at(calendar, zone, ms);
    if (stretch.open) return *out = ms, OK;
    ms = stretch.until;
  }
  return none_found(status);
}

int worktime_add(const struct calendar *calendar, const struct zone *zone, int64_t ms,
                 int64_t working_ms, int64_t *out, struct status *status) {
  if (calendar->always) return *out = ms + working_ms, OK;
  int64_t limit = ms + (int64_t)SEARCH_DAYS * CIVIL_DAY_MS;
  while (ms < limit) {
    struct stretch stretch = stretch_at(calendar, zone, ms);
    if (stretch.open && stretch.until - ms >= working_ms)
      return *out = ms + working_ms, OK;
    if (stretch.open) working_ms -= stretch.until - ms;
    ms = stretch.until;
  }
  return none_found(status);
}

int worktime_add_days(const struct calendar *calendar, const struct zone *zone,
                      int64_t ms, int64_t days, int64_t *out, struct status *status) {
  int code = worktime_next(calendar, zone, ms, &ms, status);
  if (code) return code;
  int64_t local = zone_to_local(zone, ms);
  int64_t start = civil_floor_div(local, CIVIL_DAY_MS), day = start;
  while (days > 0) {
    if (++day - start > SEARCH_DAYS) return none_found(status);
    if (worktime_hours(calendar, day)->count) days--;
  }
  *out = zone_from_local(zone, local + (day - start) * CIVIL_DAY_MS);
  return OK;
}
