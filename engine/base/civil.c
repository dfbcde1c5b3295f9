#include "base/civil.h"

#include <string.h>

int64_t civil_floor_div(int64_t number, int64_t by) {
  int64_t whole = number / by;
  return number % by < 0 ? whole - 1 : whole;
}

// Counts in eras of 400 years that begin in March, so that the leap day comes last.
int64_t civil_days(int64_t year, int month, int day) {
  int64_t shifted = month <= 2 ? year - 1 : year;
  int64_t era = civil_floor_div(shifted, 400);
  int64_t of_era = shifted - era * 400;
  int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void civil_set_days(struct civil *civil, int64_t days) {
  int64_t shifted = days + 719468;
  int64_t era = civil_floor_div(shifted, 146097);
  int64_t of_era = shifted - era * 146097;
  int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  int month = (int)((5 * of_year + 2) / 153);
  civil->day = (int32_t)(of_year - (153 * month + 2) / 5 + 1);
  civil->month = month < 10 ? month + 3 : month - 9;
  civil->year = (int32_t)(year + era * 400 + (civil->month <= 2));
  civil->weekday = civil_weekday(days);
}

int civil_weekday(int64_t days) {
  return (int)(days + 3 - civil_floor_div(days + 3, 7) * 7) + 1;
}

int civil_month_length(int64_t year, int month) {
  static const char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return lengths[month - 1] + (month == 2 && leap);
}

bool civil_valid(const struct civil *c) {
  return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 &&
         c->day >= 1 && c->day <= civil_month_length(c->year, c->month) && c->hour >= 0 &&
         c->hour <= 23 && c->minute >= 0 && c->minute <= 59 && c->second >= 0 &&
         c->second <= 59 && c->ms >= 0 && c->ms <= 999;
}

int64_t civil_add_months(int64_t days, int64_t months) {
  struct civil date = {0};
  civil_set_days(&date, days);
  int64_t total = (int64_t)date.year * 12 + date.month - 1 + months;
  int64_t year = civil_floor_div(total, 12);
  int month = (int)(total - year * 12) + 1;
  int last = civil_month_length(year, month);
  return civil_days(year, month, date.day < last ? date.day : last);
}

int64_t civil_local(const struct civil *c) {
  int64_t seconds = c->hour * 3600 + c->minute * 60 + c->second;
  return civil_days(c->year, c->month, c->day) * CIVIL_DAY_MS + seconds * 1000 + c->ms;
}

struct civil civil_of_local(int64_t local_ms) {
  struct civil civil = {0};
  int64_t days = civil_floor_div(local_ms, CIVIL_DAY_MS);
  int32_t rest = (int32_t)(local_ms - days * CIVIL_DAY_MS);
  civil_set_days(&civil, days);
  civil.hour = rest / CIVIL_HOUR_MS;
  civil.minute = rest / CIVIL_MINUTE_MS % 60;
  civil.second = rest / 1000 % 60;
  civil.ms = rest % 1000;
  return civil;
}

static int digits(const char *text, int count) {
  int number = 0;
  for (int i = 0; i < count; i++) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

int civil_parse_clock(const char *text, size_t len, bool allow_midnight) {
  if (len != 5 || text[2] != ':') return -1;
  int hour = digits(text, 2), minute = digits(text + 3, 2);
  if (hour == 24 && minute == 0 && allow_midnight) return 24 * 60;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return -1;
  return hour * 60 + minute;
}

static int parse_weekday(const char *text) {
  static const char names[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (int i = 0; i < 7; i++)
    if (memcmp(text, names[i], 3) == 0) return i;
  return -1;
}

// One weekday or a range of them; "fri-mon" runs over the end of the week.
static unsigned parse_weekday_range(const char *text, size_t len) {
  if (len != 3 && !(len == 7 && text[3] == '-')) return 0;
  int first = parse_weekday(text), last = parse_weekday(text + len - 3);
  if (first < 0 || last < 0) return 0;
  unsigned bits = 1u << first;
  for (int day = first; day != last; bits |= 1u << day) day = (day + 1) % 7;
  return bits;
}

unsigned civil_parse_weekdays(const char *text, size_t len) {
  unsigned bits = 0;
  const char *end = text + len;
  for (;;) {
    const char *comma = memchr(text, ',', (size_t)(end - text));
    const char *stop = comma ? comma : end;
    unsigned more = parse_weekday_range(text, (size_t)(stop - text));
    if (!more || bits & more) return 0;
    bits |= more;
    if (!comma) return bits;
    text = comma + 1;
  }
}

bool civil_parse_date(const char *text, size_t len, int64_t *days) {
  if (len != 10 || text[4] != '-' || text[7] != '-') return false;
  struct civil date = {
      .year = digits(text, 4), .month = digits(text + 5, 2), .day = digits(text + 8, 2)};
  if (!civil_valid(&date)) return false;
  *days = civil_days(date.year, date.month, date.day);
  return true;
}
