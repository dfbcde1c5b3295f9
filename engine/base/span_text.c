#include <string.h>

#include "base/span.h"

struct unit {
  char name[3];
  enum span_kind kind;
  int64_t size;  // amount of one
  int64_t most;  // units in a hundred years, or about
  bool days;     // a time of day may follow
};

static const struct unit units[] = {
    {"s", SPAN_EXACT, 1000, 3200000000, false},
    {"m", SPAN_EXACT, CIVIL_MINUTE_MS, 53000000, false},
    {"h", SPAN_EXACT, CIVIL_HOUR_MS, 880000, false},
    {"d", SPAN_DAYS, 1, 36600, true},
    {"mo", SPAN_MONTHS, 1, 1200, true},
    {"y", SPAN_MONTHS, 12, 100, true},
    {"bd", SPAN_WORKING_DAYS, 1, 12000, true},
    {"bh", SPAN_WORKING_HOURS, CIVIL_HOUR_MS, 96000, false},
};

static int wrong(struct status *status, const char *text, const char *why,
                 const char *example) {
  return status_fail(status, ERR_INVALID, "\"%.40s\" %s; write for example %s", text, why,
                     example);
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
static bool is_lower(char byte) { return byte >= 'a' && byte <= 'z'; }

static const struct unit *find_unit(const char *text, size_t len) {
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strlen(units[i].name) == len && memcmp(units[i].name, text, len) == 0)
      return &units[i];
  return NULL;
}

static bool set_clock(struct span *span, const char *text) {
  int minutes = civil_parse_clock(text, strlen(text), false);
  span->clock = minutes * CIVIL_MINUTE_MS;
  return minutes >= 0;
}

static int parse_weekdays(const char *text, struct span *span, struct status *status) {
  const char *space = strchr(text, ' ');
  size_t len = space ? (size_t)(space - text) : strlen(text);
  span->kind = SPAN_WEEKDAYS;
  span->weekdays = civil_parse_weekdays(text, len);
  if (!span->weekdays)
    return wrong(status, text, "is neither a span nor weekdays",
                 "\"24h\", \"3d 10:00\" or \"mon,wed,fri 08:00\"");
  if (!space)
    return wrong(status, text, "lacks the time of day", "\"mon,wed,fri 08:00\"");
  if (!set_clock(span, space + 1))
    return wrong(status, text, "has no time of day at its end", "\"mon,wed,fri 08:00\"");
  return OK;
}

// What follows the unit: nothing, or a space and a time of day.
static int parse_rest(const char *text, const char *rest, const struct unit *unit,
                      struct span *span, struct status *status) {
  if (!*rest) return OK;
  if (is_digit(*rest) || (*rest == ' ' && !strchr(rest, ':')))
    return wrong(status, text, "puts two spans together; give one in the smaller unit",
                 "\"36h\" for a day and a half");
  if (*rest != ' ' || !set_clock(span, rest + 1))
    return wrong(status, text, "does not end with a time of day", "\"3d 10:00\"");
  if (!unit->days)
    return wrong(status, text, "gives a time of day to a span that is not of days",
                 "\"1d 10:00\", or \"24h\" alone");
  return OK;
}

static int parse_amount(const char *text, struct span *span, struct status *status) {
  const char *at = text;
  int64_t number = 0;
  for (; is_digit(*at) && at - text < 12; at++) number = number * 10 + (*at - '0');
  const char *name = at;
  while (is_lower(*at)) at++;
  const struct unit *unit = find_unit(name, (size_t)(at - name));
  if (!unit)
    return wrong(status, text, "has no unit of s m h d mo y bd bh (a week is 7d)",
                 "\"24h\", \"7d\" or \"6mo\"");
  if (number > unit->most)
    return wrong(status, text, "is over a hundred years", "\"24h\", \"7d\" or \"6mo\"");
  span->kind = unit->kind;
  span->amount = number * unit->size;
  return parse_rest(text, at, unit, span, status);
}

int span_parse(const char *text, struct span *span, struct status *status) {
  *span = (struct span){.clock = -1};
  if (!is_digit(*text)) return parse_weekdays(text, span, status);
  if (strchr(text, ':') && !strchr(text, ' ')) {
    span->kind = SPAN_CLOCK;
    if (set_clock(span, text)) return OK;
    return wrong(status, text, "is not a time of day", "\"08:00\" or \"23:30\"");
  }
  return parse_amount(text, span, status);
}

int span_parse_offset(const char *text, struct span *span, struct status *status) {
  if (*text != '-') return span_parse(text, span, status);
  *span = (struct span){.clock = -1};
  if (!is_digit(text[1]) || (strchr(text, ':') && !strchr(text, ' ')))
    return wrong(status, text, "counts nothing back", "\"-3d 09:00\" or \"-2h\"");
  if (parse_amount(text + 1, span, status)) return status->code;
  if (span->kind == SPAN_WORKING_DAYS || span->kind == SPAN_WORKING_HOURS)
    return wrong(status, text, "counts working time back, which is not known",
                 "\"-3d 09:00\"");
  span->amount = -span->amount;
  return OK;
}

int span_parse_recurrence(const char *text, struct span *span, struct status *status) {
  int code = span_parse(text, span, status);
  if (code) return code;
  bool counted = span->kind != SPAN_CLOCK && span->kind != SPAN_WEEKDAYS;
  if (span->kind == SPAN_WORKING_DAYS || span->kind == SPAN_WORKING_HOURS)
    return wrong(status, text, "counts working time, which can't recur",
                 "\"mon-fri 09:00\" or \"2d\"");
  if (counted && span->amount == 0)
    return wrong(status, text, "never moves on", "\"2d\" or \"12h\"");
  if (span->kind == SPAN_EXACT && span->amount < CIVIL_MINUTE_MS)
    return wrong(status, text, "recurs more than once a minute", "\"15m\" or \"12h\"");
  return OK;
}
