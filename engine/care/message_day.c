#include "care/message_day.h"

#include <stdio.h>

void day_text(const struct zone *zone, int64_t at, char out[DAY_SIZE]) {
  struct civil civil = zone_civil(zone, at);
  snprintf(out, DAY_SIZE, "%04d-%02d-%02d", (int)civil.year, (int)civil.month,
           (int)civil.day);
}

int64_t day_start(const struct zone *zone, int64_t at, int days_on) {
  struct civil civil = zone_civil(zone, at);
  civil_set_days(&civil, civil_days(civil.year, civil.month, civil.day) + days_on);
  civil.hour = civil.minute = civil.second = civil.ms = 0;
  return zone_ms(zone, &civil);
}
