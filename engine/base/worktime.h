// Working time: weekly hours with several ranges a day, holidays, and make-up working
// days.
#pragma once

#include "base/window.h"

struct worktime_special {
  int64_t day;  // days since 1970
  bool work;    // a make-up working day, else a day off
  char *name;   // "春节"; owned, may be ""
};

struct calendar {
  bool always;                       // works all hours of all days; nothing else is read
  struct window week[7];             // hours by weekday from Monday; an empty one is off
  struct worktime_special *special;  // by day, rising; owned
  size_t special_count;
  int64_t *festivals;  // days since 1970, rising; owned
  size_t festival_count;
};

// A calendar without hours, or one that always works; the caller frees it.
struct calendar *worktime_new(void);
struct calendar *worktime_new_always(void);
void worktime_free(struct calendar *calendar);

// worktime_set_hours(calendar, "mon-fri", "08:00-12:00,13:30-17:30"): the days get these
// hours.
int worktime_set_hours(struct calendar *calendar, const char *days, const char *hours,
                       struct status *status);
// Adds the lines "date,kind,name" of a holiday file, # for remarks: kind off or work says
// how a day is worked, kind festival that people are left alone (WARD 20), also beside
// one of the others. The text names file and line; days of the lines before it stay.
int worktime_add_holidays(struct calendar *calendar, const char *csv, size_t len,
                          const char *file, struct status *status);
// Fails when no weekday has hours: call it once the calendar is complete.
int worktime_check(const struct calendar *calendar, struct status *status);

// Whether holidays of that year are known: true without a holiday file, else when it has
// a day off in that year.
bool worktime_knows_year(const struct calendar *calendar, int32_t year);
bool worktime_is_festival(const struct calendar *calendar, int64_t day);
// Whether it has a festival in that year.
bool worktime_knows_festivals(const struct calendar *calendar, int32_t year);
// The make-up day or day off on a date (days since 1970), or NULL; borrowed.
const struct worktime_special *worktime_find_special(const struct calendar *calendar,
                                                     int64_t day);
// The hours of a date; empty on a day off. A make-up day has those of the first working
// weekday.
const struct window *worktime_hours(const struct calendar *calendar, int64_t day);
bool worktime_is_open(const struct calendar *calendar, const struct zone *zone,
                      int64_t ms);
// The first working moment at or after ms.
int worktime_next(const struct calendar *calendar, const struct zone *zone, int64_t ms,
                  int64_t *out, struct status *status);
// The moment at which so many ms of working time have passed.
int worktime_add(const struct calendar *calendar, const struct zone *zone, int64_t ms,
                 int64_t working_ms, int64_t *out, struct status *status);
// Working days on, at the same time of day; a start outside working time first moves to
// the next opening.
int worktime_add_days(const struct calendar *calendar, const struct zone *zone,
                      int64_t ms, int64_t days, int64_t *out, struct status *status);
