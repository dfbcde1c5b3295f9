#include "base/window.h"

#include <string.h>

static int wrong_range(const char *text, size_t len, const char *why,
                       struct status *status) {
  return status_fail(status, ERR_INVALID,
                     "\"%.*s\" %s; write ranges of the day such as "
                     "\"09:00-11:30,15:00-17:30\"",
                     len > 24 ? 24 : (int)len, text, why);
}

static bool overlaps(struct window_range a, struct window_range b) {
  for (int day = 0; day <= 1440; day += 1440) {
    int a_to = a.to < a.from ? a.to + 1440 : a.to,
        b_to = b.to < b.from ? b.to + 1440 : b.to;
    if ((a.from + day < b_to && b.from < a_to + day) ||
        (b.from + day < a_to && a.from < b_to + day))
      return true;
  }
  return false;
}

static int add_range(struct window *window, const char *text, size_t len,
                     struct status *status) {
  int from = len == 11 ? civil_parse_clock(text, 5, false) : -1;
  int to = len == 11 && text[5] == '-' ? civil_parse_clock(text + 6, 5, true) : -1;
  if (from < 0 || to < 0)
    return wrong_range(text, len, "is not a range of clock times", status);
  if (from == to) return wrong_range(text, len, "is empty", status);
  if (window->count == WINDOW_RANGES)
    return wrong_range(text, len, "is one range too many (16 at most)", status);
  struct window_range range = {(int16_t)from, (int16_t)to};
  for (uint32_t i = 0; i < window->count; i++)
    if (overlaps(window->ranges[i], range))
      return wrong_range(text, len, "overlaps a range before it", status);
  uint32_t place = window->count++;
  for (; place > 0 && window->ranges[place - 1].from > from; place--)
    window->ranges[place] = window->ranges[place - 1];
  window->ranges[place] = range;
  return OK;
}

int window_parse(const char *text, struct window *window, struct status *status) {
  *window = (struct window){0};
  for (;;) {
    size_t len = strcspn(text, ",");
    int code = add_range(window, text, len, status);
    if (code || !text[len]) return code;
    text += len + 1;
  }
}

bool window_wraps(const struct window *window) {
  const struct window_range *last = &window->ranges[window->count - (window->count > 0)];
  return window->count && last->to < last->from;
}

bool window_at(const struct window *window, int32_t ms_of_day, int32_t *until) {
  bool inside = false;
  *until = CIVIL_DAY_MS;
  for (uint32_t i = 0; i < window->count; i++) {
    struct window_range range = window->ranges[i];
    int32_t from = range.from * CIVIL_MINUTE_MS, to = range.to * CIVIL_MINUTE_MS;
    inside |= to < from ? ms_of_day >= from || ms_of_day < to
                        : ms_of_day >= from && ms_of_day < to;
    if (from > ms_of_day && from < *until) *until = from;
    if (to > ms_of_day && to < *until) *until = to;
  }
  return inside;
}

bool window_inside(const struct window *window, const struct zone *zone, int64_t ms) {
  int64_t local = zone_to_local(zone, ms);
  int32_t until;
  return window_at(window,
                   (int32_t)(local - civil_floor_div(local, CIVIL_DAY_MS) * CIVIL_DAY_MS),
                   &until);
}

// Goes from edge to edge within stretches of one offset, which is exact where clocks
// change.
static bool next(const struct window *window, const struct zone *zone, int64_t ms,
                 bool wanted, int64_t *out) {
  for (int edges = 0; edges < 8 * (WINDOW_RANGES + 1); edges++) {
    int64_t zone_until;
    int64_t local = ms + (int64_t)zone_offset(zone, ms, &zone_until) * 1000;
    int32_t until,
        of_day = (int32_t)(local - civil_floor_div(local, CIVIL_DAY_MS) * CIVIL_DAY_MS);
    if (window_at(window, of_day, &until) == wanted) return *out = ms, true;
    int64_t edge = ms + (until - of_day);
    ms = edge < zone_until ? edge : zone_until;
  }
  return false;
}

bool window_next_inside(const struct window *window, const struct zone *zone, int64_t ms,
                        int64_t *out) {
  return next(window, zone, ms, true, out);
}

bool window_next_outside(const struct window *window, const struct zone *zone, int64_t ms,
                         int64_t *out) {
  return next(window, zone, ms, false, out);
}
