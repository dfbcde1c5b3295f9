#include <string.h>

#include "base/mem.h"
#include "base/worktime.h"

enum { HOLIDAY_LIMIT = 10000, NAME_LIMIT = 200 };

int worktime_set_hours(struct calendar *calendar, const char *days, const char *hours,
                       struct status *status) {
  unsigned bits = civil_parse_weekdays(days, strlen(days));
  if (!bits)
    return status_fail(status, ERR_INVALID,
                       "hours: \"%.40s\" are not weekdays; write for example \"mon-fri\" "
                       "or \"sat,sun\"",
                       days);
  struct window window;
  int code = window_parse(hours, &window, status);
  if (!code && window_wraps(&window))
    code = status_fail(status, ERR_INVALID,
                       "\"%.100s\" runs over midnight; write \"18:00-24:00\" on this day "
                       "and \"00:00-08:00\" on the next",
                       hours);
  if (code) return status_prefix(status, "hours of %.40s", days);
  for (int i = 0; i < 7; i++)
    if (bits & 1u << i) calendar->week[i] = window;
  return OK;
}

int worktime_check(const struct calendar *calendar, struct status *status) {
  if (calendar->always) return OK;
  for (int i = 0; i < 7; i++)
    if (calendar->week[i].count) return OK;
  return status_fail(status, ERR_INVALID,
                     "hours: no weekday has any; write for example [\"mon-fri\"] = "
                     "\"08:00-17:00\"");
}

static bool add_special(struct calendar *calendar, struct worktime_special special) {
  size_t place = calendar->special_count;
  while (place > 0 && calendar->special[place - 1].day >= special.day) place--;
  size_t after = calendar->special_count - place;
  if (after && calendar->special[place].day == special.day) return false;
  calendar->special =
      mem_resize(calendar->special, ++calendar->special_count * sizeof special);
  memmove(calendar->special + place + 1, calendar->special + place,
          after * sizeof special);
  calendar->special[place] = special;
  return true;
}

static const char *add_festival(struct calendar *calendar, int64_t day) {
  size_t place = calendar->festival_count;
  while (place > 0 && calendar->festivals[place - 1] > day) place--;
  if (place > 0 && calendar->festivals[place - 1] == day)
    return "names a festival that was given before";
  if (calendar->festival_count >= HOLIDAY_LIMIT)
    return "is one day too many (10000 at most)";
  size_t after = calendar->festival_count - place;
  calendar->festivals = mem_resize(
      calendar->festivals, ++calendar->festival_count * sizeof *calendar->festivals);
  memmove(calendar->festivals + place + 1, calendar->festivals + place,
          after * sizeof *calendar->festivals);
  calendar->festivals[place] = day;
  return NULL;
}

static bool is_kind(const char *kind, size_t len, const char *word) {
  return len == strlen(word) && memcmp(kind, word, len) == 0;
}

// One line without its end; NULL, or what is wrong with it.
static const char *parse_line(struct calendar *calendar, const char *line, size_t len) {
  struct worktime_special special = {0};
  const char *end = line + len, *comma = memchr(line, ',', len);
  if (!comma || !civil_parse_date(line, (size_t)(comma - line), &special.day))
    return "does not begin with a date";
  const char *kind = comma + 1;
  comma = memchr(kind, ',', (size_t)(end - kind));
  size_t kind_len = (size_t)((comma ? comma : end) - kind);
  if (is_kind(kind, kind_len, "festival")) return add_festival(calendar, special.day);
  special.work = is_kind(kind, kind_len, "work");
  if (!special.work && !is_kind(kind, kind_len, "off"))
    return "is of a kind that is none of off, work and festival";
  const char *name = comma ? comma + 1 : end;
  if (end - name > NAME_LIMIT) return "has a name of over 200 bytes";
  if (calendar->special_count >= HOLIDAY_LIMIT)
    return "is one day too many (10000 at most)";
  special.name = mem_copy_bytes(name, (size_t)(end - name));
  if (add_special(calendar, special)) return NULL;
  mem_free(special.name);
  return "names a date that was given before";
}

int worktime_add_holidays(struct calendar *calendar, const char *csv, size_t len,
                          const char *file, struct status *status) {
  const char *at = csv, *end = csv + len;
  if (len >= 3 && memcmp(csv, "\xEF\xBB\xBF", 3) == 0) at += 3;
  for (int number = 1; at < end; number++) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) stop = end;
    size_t size = (size_t)(stop - at);
    while (size && strchr(" \t\r", at[size - 1])) size--;
    bool heading = number == 1 && size >= 5 && memcmp(at, "date,", 5) == 0;
    const char *wrong =
        size && *at != '#' && !heading ? parse_line(calendar, at, size) : NULL;
    if (wrong)
      return status_fail(status, ERR_INVALID,
                         "%.200s line %d %s; write for example 2026-10-01,off,国庆节",
                         file, number, wrong);
    at = stop + (stop < end);
  }
  return OK;
}
