#include "base/tzrule.h"

#include <stddef.h>

#include "base/civil.h"

static bool parse_number(const char **at, int32_t low, int32_t high, int32_t *out) {
  const char *text = *at;
  int32_t number = 0;
  if (*text < '0' || *text > '9') return false;
  for (; *text >= '0' && *text <= '9'; text++)
    if ((number = number * 10 + (*text - '0')) > high) return false;
  *at = text;
  *out = number;
  return number >= low;
}

// [+-]h[:m[:s]]; POSIX counts hours west, which the caller turns round.
static bool parse_time(const char **at, int32_t max_hour, int32_t *out) {
  int32_t sign = **at == '-' ? -1 : 1, hour, minute = 0, second = 0;
  if (**at == '-' || **at == '+') (*at)++;
  if (!parse_number(at, 0, max_hour, &hour)) return false;
  if (**at == ':' && ((*at)++, !parse_number(at, 0, 59, &minute))) return false;
  if (**at == ':' && ((*at)++, !parse_number(at, 0, 59, &second))) return false;
  *out = sign * (hour * 3600 + minute * 60 + second);
  return true;
}

static bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool skip_name(const char **at) {
  const char *text = *at;
  if (*text == '<') {
    while (*text && *text != '>') text++;
    if (!*text) return false;
    *at = text + 1;
    return true;
  }
  while (is_letter(*text)) text++;
  bool long_enough = text - *at >= 3;
  *at = text;
  return long_enough;
}

static bool parse_month_form(const char **at, struct tzrule_day *day) {
  if (!parse_number(at, 1, 12, &day->month) || *(*at)++ != '.') return false;
  if (!parse_number(at, 1, 5, &day->week) || *(*at)++ != '.') return false;
  return parse_number(at, 0, 6, &day->day);
}

static bool parse_day(const char **at, struct tzrule_day *day) {
  if (*(*at)++ != ',') return false;
  day->form = **at == 'M' || **at == 'J' ? *(*at)++ : 'N';
  bool valid = day->form == 'M'   ? parse_month_form(at, day)
               : day->form == 'J' ? parse_number(at, 1, 365, &day->day)
                                  : parse_number(at, 0, 365, &day->day);
  day->time = 2 * 3600;
  if (!valid || **at != '/') return valid;
  (*at)++;
  return parse_time(at, 167, &day->time);
}

bool tzrule_parse(struct tzrule *rule, const char *text) {
  *rule = (struct tzrule){0};
  int32_t west;
  if (!skip_name(&text) || !parse_time(&text, 24, &west)) return false;
  rule->standard = -west;
  if (!*text) return true;
  rule->has_summer = true;
  rule->summer = rule->standard + 3600;
  if (!skip_name(&text)) return false;
  if (*text != ',') {
    if (!parse_time(&text, 24, &west)) return false;
    rule->summer = -west;
  }
  return parse_day(&text, &rule->begin) && parse_day(&text, &rule->end) && !*text;
}

static int64_t day_of_year(const struct tzrule_day *rule, int64_t year) {
  int64_t first = civil_days(year, 1, 1);
  if (rule->form == 'N') return first + rule->day;
  if (rule->form == 'J')
    return first + rule->day - 1 + (rule->day >= 60 && civil_month_length(year, 2) == 29);
  int64_t month = civil_days(year, rule->month, 1);
  int64_t day = month + (rule->day - civil_weekday(month) % 7 + 7) % 7;
  day += (int64_t)(rule->week - 1) * 7;
  return day >= month + civil_month_length(year, rule->month) ? day - 7 : day;
}

struct change {
  int64_t at;
  int32_t offset;  // from then on
};

static struct change change_in(const struct tzrule *rule, int64_t year, bool begin) {
  const struct tzrule_day *day = begin ? &rule->begin : &rule->end;
  int32_t before = begin ? rule->standard : rule->summer;
  return (struct change){day_of_year(day, year) * 86400 + day->time - before,
                         begin ? rule->summer : rule->standard};
}

int32_t tzrule_offset(const struct tzrule *rule, int64_t second, int64_t *until) {
  *until = INT64_MAX;
  if (!rule->has_summer) return rule->standard;
  struct civil date = {0};
  civil_set_days(&date, civil_floor_div(second + rule->standard, 86400));
  struct change last = {INT64_MIN, rule->standard};
  for (int i = 0; i < 6; i++) {
    bool begin = i % 2;  // summer that begins as another ends goes on
    struct change change = change_in(rule, date.year - 1 + i / 2, begin);
    if (change.at <= second && change.at >= last.at) last = change;
    if (change.at > second && change.at < *until) *until = change.at;
  }
  return last.offset;
}
