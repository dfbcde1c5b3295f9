#include "base/iso.h"

#include <stdio.h>
#include <string.h>

// Reads count digits and moves on; false leaves the text where it was.
static bool take(const char **at, int count, int32_t *out) {
  int32_t number = 0;
  for (int i = 0; i < count; i++) {
    char byte = (*at)[i];
    if (byte < '0' || byte > '9') return false;
    number = number * 10 + (byte - '0');
  }
  *at += count;
  *out = number;
  return true;
}

static bool skip(const char **at, char byte) {
  if (**at != byte) return false;
  (*at)++;
  return true;
}

static bool take_fraction(const char **at, int32_t *ms) {
  int scale = 100;
  const char *start = *at;
  for (; **at >= '0' && **at <= '9'; (*at)++, scale /= 10) *ms += (**at - '0') * scale;
  return *at > start && *at - start <= 9;
}

// The time of day; its separators are those of the date, hour alone only without them.
static bool take_clock(const char **at, bool dashes, struct civil *civil) {
  if (!take(at, 2, &civil->hour)) return false;
  if (dashes && !skip(at, ':')) return false;
  if (!take(at, 2, &civil->minute)) return !dashes;
  if (dashes ? skip(at, ':') : **at >= '0' && **at <= '9') {
    if (!take(at, 2, &civil->second)) return false;
    if (skip(at, '.') || skip(at, ',')) return take_fraction(at, &civil->ms);
  }
  return true;
}

static bool take_offset(const char **at, bool *given, int32_t *offset) {
  int32_t hours, minutes = 0;
  *given = true;
  if (skip(at, 'Z')) return true;
  bool west = **at == '-';
  if (!skip(at, '-') && !skip(at, '+')) return *given = false, true;
  if (!take(at, 2, &hours) || hours > 18) return false;
  bool colon = skip(at, ':');
  if (!take(at, 2, &minutes) && colon) return false;
  *offset = (hours * 60 + minutes) * (west ? -60 : 60);
  return minutes < 60;
}

static bool parse(const char *at, struct civil *civil, bool *has_offset) {
  *has_offset = false;
  if (!take(&at, 4, &civil->year)) return false;
  bool dashes = skip(&at, '-');
  if (!take(&at, 2, &civil->month) || (dashes && !skip(&at, '-'))) return false;
  if (!take(&at, 2, &civil->day)) return false;
  if (!*at) return true;
  if (dashes ? !skip(&at, 'T') && !skip(&at, ' ') : skip(&at, 'T') && !*at) return false;
  return take_clock(&at, dashes, civil) && take_offset(&at, has_offset, &civil->offset) &&
         !*at;
}

int iso_parse(const char *text, const struct zone *zone, int64_t *ms,
              struct status *status) {
  struct civil civil = {0};
  bool has_offset;
  if (strlen(text) >= ISO_SIZE || !parse(text, &civil, &has_offset))
    return status_fail(status, ERR_INVALID,
                       "\"%.40s\" is not a date or time; write for example "
                       "2026-03-02T15:00:00+08:00",
                       text);
  if (!civil_valid(&civil))
    return status_fail(status, ERR_INVALID,
                       "\"%s\" names a day or time that does not exist; check month, day "
                       "and hour",
                       text);
  *ms = has_offset ? civil_local(&civil) - (int64_t)civil.offset * 1000
                   : zone_ms(zone, &civil);
  return OK;
}

void iso_format(int64_t ms, const struct zone *zone, char out[ISO_SIZE]) {
  int32_t minutes = zone_offset(zone, ms, NULL) / 60;  // old local times had odd seconds
  struct civil c = civil_of_local(ms + (int64_t)minutes * CIVIL_MINUTE_MS);
  char fraction[8] = "";
  if (c.ms) snprintf(fraction, sizeof fraction, ".%03d", (int)(c.ms % 1000));
  int away = minutes < 0 ? -minutes : minutes;
  snprintf(out, ISO_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d", (int)c.year,
           (int)c.month, (int)c.day, (int)c.hour, (int)c.minute, (int)c.second, fraction,
           minutes < 0 ? '-' : '+', away / 60, away % 60);
}
