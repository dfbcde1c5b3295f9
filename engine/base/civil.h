// Civil dates and clock times without a zone: days counted from 1970-01-01, weekdays,
// texts such as "mon-fri" and "08:30".
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CIVIL_MINUTE_MS = 60000, CIVIL_HOUR_MS = 3600000, CIVIL_DAY_MS = 86400000 };

struct civil {
  int32_t year, month, day;          // month and day from 1
  int32_t hour, minute, second, ms;  // hour 0–23
  int32_t weekday;                   // 1 Monday … 7 Sunday; never read, only given
  int32_t offset;                    // seconds east of UTC; never read, only given
};

int64_t civil_floor_div(int64_t number, int64_t by);  // rounds down, also below zero
int64_t civil_days(int64_t year, int month, int day);
void civil_set_days(struct civil *civil, int64_t days);  // sets year to day and weekday
int civil_weekday(int64_t days);                         // 1 Monday … 7 Sunday
int civil_month_length(int64_t year, int month);
bool civil_valid(const struct civil *civil);  // years 1 to 9999
// A date so many months on; the 31st becomes the last day of a shorter month.
int64_t civil_add_months(int64_t days, int64_t months);
// The civil time as ms since 1970 on a clock without zone, and back.
int64_t civil_local(const struct civil *civil);
struct civil civil_of_local(int64_t local_ms);

// "08:30" to minutes of the day; -1 when malformed. "24:00" only when asked for.
int civil_parse_clock(const char *text, size_t len, bool allow_midnight);
// "mon,wed-fri" to bits, bit 0 for Monday; 0 when malformed.
unsigned civil_parse_weekdays(const char *text, size_t len);
// "2026-03-02" to days; false when malformed or no such day.
bool civil_parse_date(const char *text, size_t len, int64_t *days);
