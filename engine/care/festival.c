#include "care/festival.h"

#include <stdio.h>
#include <string.h>

#include "base/worktime.h"
#include "care/message_day.h"

static const struct calendar *shared(struct care *care) {
  return catalog_calendar(care->catalog, "", "cn");
}

static bool has_own(const struct care *care) {
  return care->site->festivals && *care->site->festivals;
}

bool festival_at(struct care *care, const struct zone *zone, int64_t ms) {
  char day[DAY_SIZE];
  struct civil civil = zone_civil(zone, ms);
  if (!has_own(care))
    return worktime_is_festival(shared(care),
                                civil_days(civil.year, civil.month, civil.day));
  day_text(zone, ms, day);
  return strstr(care->site->festivals, day) != NULL;
}

bool festival_knows_year(struct care *care, int year) {
  char digits[16];
  if (!has_own(care)) return worktime_knows_festivals(shared(care), year);
  snprintf(digits, sizeof digits, "%04d-", year);
  return strstr(care->site->festivals, digits) || !strcmp(care->site->festivals, "none");
}

void festival_put(struct care *care, struct buf *out) {
  const struct calendar *calendar = shared(care);
  if (has_own(care)) {
    buf_puts(out, care->site->festivals);
    return;
  }
  for (size_t i = 0; i < calendar->festival_count; i++) {
    struct civil day = {0};
    civil_set_days(&day, calendar->festivals[i]);
    buf_printf(out, "%s%04d-%02d-%02d", i ? "," : "", (int)day.year, (int)day.month,
               (int)day.day);
  }
  if (!calendar->festival_count) buf_puts(out, "none");
}
