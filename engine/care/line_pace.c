// How fast a channel may go: its rate, its day, and the room that it has.
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/line_row.h"
#include "care/message_day.h"

static const double NEARLY_ONE = 1 - 1e-6;  // of many small parts

static struct channel_limits limits_of(struct care *care, const char *channel) {
  struct channel_limits limits = {.room = INT_MAX};
  if (care->channels.limits) care->channels.limits(care->channels.self, channel, &limits);
  if (limits.burst < 1) limits.burst = 1;
  return limits;
}

static struct line_pace *pace_of(struct care *care, const char *channel) {
  struct line_pace *pace = care->lines.paces;
  while (pace && strcmp(pace->name, channel) != 0) pace = pace->next;
  if (pace) return pace;
  pace = mem_alloc(sizeof *pace);
  snprintf(pace->name, sizeof pace->name, "%s", channel);
  pace->next = care->lines.paces;
  care->lines.paces = pace;
  return pace;
}

void line_deinit(struct care *care) {
  while (care->lines.paces) {
    struct line_pace *pace = care->lines.paces;
    care->lines.paces = pace->next;
    mem_free(pace);
  }
}

// A bucket that begins full: nobody knows what was sent before a restart, and a provider
// that finds it too much says so.
static void fill(struct line_pace *pace, const struct channel_limits *limits,
                 int64_t now) {
  double more = (double)(now - pace->filled_at) * limits->per_second / 1000;
  pace->tokens += more;
  if (!pace->filled_at || pace->tokens > limits->burst) pace->tokens = limits->burst;
  pace->filled_at = now;
}

bool line_has_token(struct care *care, const struct line *line, int64_t *next) {
  int64_t now = kernel_now(care->kernel);
  struct channel_limits limits = limits_of(care, line->name);
  *next = now;
  if (limits.per_second <= 0) return true;
  struct line_pace *pace = pace_of(care, line->name);
  fill(pace, &limits, now);
  if (pace->tokens >= NEARLY_ONE) return true;
  *next = now + (int64_t)ceil((NEARLY_ONE - pace->tokens) * 1000 / limits.per_second);
  return false;
}

bool line_has_room(struct care *care, const struct line *line) {
  int room = limits_of(care, line->name).room;
  return room == INT_MAX || room > pace_of(care, line->name)->claimed;
}

bool line_day_is_full(struct care *care, const struct line *line) {
  int64_t most = limits_of(care, line->name).per_day;
  return most && line->sent >= most &&
         line->day == day_start(care_site_zone(care), kernel_now(care->kernel), 0);
}

int64_t line_day_ends(struct care *care) {
  return day_start(care_site_zone(care), kernel_now(care->kernel), 1);
}

void line_handed_over(struct care *care, const char *channel) {
  for (struct line_pace *pace = care->lines.paces; pace; pace = pace->next)
    if (strcmp(pace->name, channel) == 0) pace->claimed--;
}

static void count_day(struct care *care, struct line *line) {
  int64_t today = day_start(care_site_zone(care), kernel_now(care->kernel), 0);
  line->sent = line->day == today ? line->sent + 1 : 1;
  line->day = today;
}

void line_claimed(struct care *care, const char *channel) {
  struct channel_limits limits = limits_of(care, channel);
  struct line line;
  int64_t next;
  pace_of(care, channel)->claimed++;
  line_load(care, channel, &line);
  if (line_has_token(care, &line, &next) && limits.per_second > 0)
    pace_of(care, channel)->tokens -= 1;
  if (!line.breaker.shut && !limits.per_day) return;
  breaker_leaves(&line.breaker, kernel_now(care->kernel));
  if (limits.per_day) count_day(care, &line);
  line_save(care, &line);
}
