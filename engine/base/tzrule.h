// The daylight-saving rule at the end of a zone file ("CET-1CEST,M3.5.0,M10.5.0/3"), for
// years after its table.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct tzrule_day {
  char form;  // 'M' month.week.day, 'J' day 1–365 without 29 Feb, 'N' day 0–365
  int32_t month, week, day;  // week 5 is the last; day 0 is Sunday for 'M'
  int32_t time;              // seconds after local midnight, may be below 0 or past a day
};

struct tzrule {
  bool has_summer;
  int32_t standard, summer;      // seconds east of UTC
  struct tzrule_day begin, end;  // of summer time
};

bool tzrule_parse(struct tzrule *rule, const char *text);  // false when malformed
// The offset at a moment (seconds UTC) and when it ends; INT64_MAX for never.
int32_t tzrule_offset(const struct tzrule *rule, int64_t second, int64_t *until);
