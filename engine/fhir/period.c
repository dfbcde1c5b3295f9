#include "fhir/period.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/iso.h"

struct moment {  // what a text of some precision stands for
  int64_t from, before;
};

static int64_t start_of(const struct zone *zone, int64_t days) {
  struct civil civil = {0};
  char text[ISO_SIZE];
  struct status status;
  int64_t ms = 0;
  civil_set_days(&civil, days);
  snprintf(text, sizeof text, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
  iso_parse(text, zone, &ms, &status);
  return ms;
}

static bool read_moment(const char *text, const struct zone *zone, struct moment *out) {
  char full[ISO_SIZE];
  struct status status;
  size_t len = strlen(text);
  int64_t days;
  snprintf(full, sizeof full, "%s%s", text, len == 4 ? "-01-01" : len == 7 ? "-01" : "");
  if (len <= 10) {
    if ((len != 4 && len != 7 && len != 10) || !civil_parse_date(full, 10, &days))
      return false;
    int64_t after = len == 10 ? days + 1 : civil_add_months(days, len == 7 ? 1 : 12);
    *out = (struct moment){start_of(zone, days), start_of(zone, after)};
    return true;
  }
  if (len >= ISO_SIZE || iso_parse(text, zone, &out->from, &status)) return false;
  out->before = out->from + (strchr(text, '.')             ? 1
                             : len < 19 || text[16] != ':' ? 60000
                                                           : 1000);
  return true;
}

static void narrow(struct fhir_period *period, int64_t from, int64_t before) {
  if (from && from > period->from) period->from = from;
  if (before && (!period->before || before < period->before)) period->before = before;
}

bool fhir_period_read(struct fhir_period *period, const char *text,
                      const struct zone *zone) {
  static const char prefixes[] = "eqgtltgelesaeb";
  struct moment moment;
  char prefix[3] = "eq";
  if (*text >= 'a' && *text <= 'z' && strlen(text) > 2) {
    memcpy(prefix, text, 2);
    text += 2;
  }
  const char *known = strstr(prefixes, prefix);
  if (!known || (known - prefixes) % 2 || !read_moment(text, zone, &moment)) return false;
  if (!strcmp(prefix, "eq")) narrow(period, moment.from, moment.before);
  if (!strcmp(prefix, "gt") || !strcmp(prefix, "sa")) narrow(period, moment.before, 0);
  if (!strcmp(prefix, "lt") || !strcmp(prefix, "eb")) narrow(period, 0, moment.from);
  if (!strcmp(prefix, "ge")) narrow(period, moment.from, 0);
  if (!strcmp(prefix, "le")) narrow(period, 0, moment.before);
  return true;
}
