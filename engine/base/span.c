#include "base/span.h"

static int64_t day_of(int64_t local) { return civil_floor_div(local, CIVIL_DAY_MS); }

// The first moment after base at which the clock shows the time, on one of the weekdays.
static int64_t next_clock(int64_t base, int32_t clock, unsigned weekdays,
                          const struct zone *zone) {
  for (int64_t day = day_of(zone_to_local(zone, base));; day++) {
    if (!(weekdays & 1u << (civil_weekday(day) - 1))) continue;
    int64_t ms = zone_from_local(zone, day * CIVIL_DAY_MS + clock);
    if (ms > base) return ms;
  }
}

// Moves the date and keeps the clock, or sets it.
static int64_t move_date(int64_t base, const struct span *span, const struct zone *zone) {
  int64_t local = zone_to_local(zone, base), day = day_of(local);
  int64_t clock = span->clock >= 0 ? span->clock : local - day * CIVIL_DAY_MS;
  if (span->kind == SPAN_DAYS) day += span->amount;
  if (span->kind == SPAN_MONTHS) day = civil_add_months(day, span->amount);
  return zone_from_local(zone, day * CIVIL_DAY_MS + clock);
}

static int add_working(int64_t base, const struct span *span, const struct zone *zone,
                       const struct calendar *calendar, int64_t *out,
                       struct status *status) {
  if (!calendar)
    return status_fail(status, ERR_INVALID,
                       "a span of bd or bh needs a working calendar; name one in the "
                       "department's calendar field, or write d or h");
  if (span->kind == SPAN_WORKING_HOURS)
    return worktime_add(calendar, zone, base, span->amount, out, status);
  int code = worktime_add_days(calendar, zone, base, span->amount, out, status);
  if (!code && span->clock >= 0) *out = move_date(*out, span, zone);
  return code;
}

int span_add(int64_t base_ms, const struct span *span, const struct zone *zone,
             const struct calendar *calendar, int64_t *out, struct status *status) {
  int64_t low = civil_days(1, 1, 1) * CIVIL_DAY_MS;
  int64_t high = civil_days(9800, 1, 1) * CIVIL_DAY_MS;
  if (base_ms < low || base_ms > high)
    return status_fail(status, ERR_INVALID,
                       "a time outside the years 1 to 9800 can't be "
                       "counted from; check the date that the span starts at");
  switch (span->kind) {
    case SPAN_EXACT: return *out = base_ms + span->amount, OK;
    case SPAN_DAYS:
    case SPAN_MONTHS: return *out = move_date(base_ms, span, zone), OK;
    case SPAN_CLOCK: return *out = next_clock(base_ms, span->clock, 0x7f, zone), OK;
    case SPAN_WEEKDAYS:
      return *out = next_clock(base_ms, span->clock, span->weekdays, zone), OK;
    case SPAN_WORKING_DAYS:
    case SPAN_WORKING_HOURS:
      return add_working(base_ms, span, zone, calendar, out, status);
  }
  return status_fail(status, ERR_INTERNAL, "a span of unknown kind");
}
