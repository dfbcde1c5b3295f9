#include "api/report_period.h"

#include <string.h>

#include "base/civil.h"
#include "base/mem.h"

enum { WEEK = 7, YEAR = 12 };

static int64_t midnight(struct call *call, int64_t days) {
  struct civil civil = {0};
  civil_set_days(&civil, days);
  return zone_ms(care_site_zone(call->care), &civil);
}

static bool read_day(struct call *call, const char *name, int64_t *days) {
  bool bad = false;
  const char *text = call_filter(call, name, &bad);
  if (bad) return false;
  if (text && civil_parse_date(text, strlen(text), days)) return true;
  call_problem(call, 400, "%s: must be a day, such as 2026-10-01", name);
  return false;
}

static int64_t months_of(int64_t days, int *day) {
  struct civil civil = {0};
  civil_set_days(&civil, days);
  *day = civil.day;
  return civil.year * YEAR + civil.month - 1;
}

// So many periods before from.
static int64_t earlier(int64_t from, int64_t to, int periods) {
  int first, last;
  int64_t begin = months_of(from, &first), end = months_of(to, &last);
  if (first != 1 || last != 1) return from - periods * (to - from);
  int64_t month = begin - periods * (end - begin);
  return civil_days(month / YEAR, (int)(month % YEAR) + 1, 1);
}

bool report_period_read(struct call *call, struct report_period *out) {
  int64_t from, to;
  if (!read_day(call, "from", &from) || !read_day(call, "to", &to)) return false;
  if (to <= from) {
    call_problem(call, 400, "to: must lie behind from");
    return false;
  }
  *out = (struct report_period){midnight(call, from), midnight(call, to),
                                midnight(call, earlier(from, to, 1)),
                                midnight(call, earlier(from, to, 2))};
  return true;
}

void report_period_weeks(struct call *call, const struct report_period *period, int count,
                         int64_t *out) {
  int64_t last = civil_floor_div(
      zone_to_local(care_site_zone(call->care), period->to - 1), CIVIL_DAY_MS);
  int64_t monday = last - (civil_weekday(last) - 1) - (count - 1) * WEEK;
  for (int i = 0; i <= count; i++) out[i] = midnight(call, monday + i * WEEK);
}

void report_send(struct call *call, int64_t from, int64_t to,
                 void (*more)(struct json *json, const struct zone *zone, void *self),
                 void *self, const struct buf *found) {
  const struct zone *zone = care_site_zone(call->care);
  struct buf out = {0};
  struct json json = {.out = &out};
  struct value all, key, item;
  value_read(buf_text(found), found->len, &all);
  json_open(&json, '{');
  json_key(&json, "counted_at");
  json_time(&json, kernel_now(call->care->kernel), zone);
  json_key(&json, "from");
  json_time(&json, from, zone);
  json_key(&json, "to");
  json_time(&json, to, zone);
  if (more) more(&json, zone, self);
  struct value_iter iter = value_iterate(&all);
  while (value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    json_key(&json, name);
    json_value(&json, &item);
    mem_free(name);
  }
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}
