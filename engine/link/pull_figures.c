// How connectors that ask are doing: as lists, metrics and health show it.
#include "care/mapping.h"
#include "link/pull_parts.h"

static const char *word_of(const struct pull *pull) {
  static const char *const words[] = {"new", "well", "failing", "misconfigured"};
  return pull->busy && pull->health < PULL_FAILING ? "asking" : words[pull->health];
}

void pull_put(const struct pull *pull, struct buf *out) {
  struct value state = pull_read(&pull->state),
               watermark = value_field(&state, "watermark");
  struct mapping map = mapping_begin(out);
  if (pull->done_at) mapping_int(&map, "done_at", pull->done_at);
  if (pull->error[0]) mapping_text(&map, "error", pull->error);
  mapping_text(&map, "name", pull->name);
  mapping_text(&map, "plugin", pull->plugin);
  mapping_int(&map, "refused", (int64_t)pull->refused);
  mapping_text(&map, "state", word_of(pull));
  mapping_int(&map, "taken", (int64_t)pull->taken);
  if (watermark.kind == VALUE_INT) mapping_int(&map, "watermark_at", watermark.integer);
  mapping_end(&map);
}

void pull_warn(const struct pull *pull, struct buf *out) {
  if (pull->health == PULL_MISCONFIGURED)
    buf_printf(out, "connector %s gets nothing: %s\n", pull->name, pull->error);
}

static double passes(const struct pull *pull) { return (double)pull->passes; }
static double failed(const struct pull *pull) { return (double)pull->failed; }
static double taken(const struct pull *pull) { return (double)pull->taken; }
static double known(const struct pull *pull) { return (double)pull->known; }
static double refused(const struct pull *pull) { return (double)pull->refused; }
static double up(const struct pull *pull) { return pull->health == PULL_WELL; }

static double lag(const struct pull *pull) {
  if (!pull->done_at) return -1;
  return (double)(clock_now(pull->parts.clock) - pull->done_at) / 1000;
}

static const struct {
  const char *name, *type, *help;
  double (*of)(const struct pull *pull);
} figures[] = {
    {"up", "gauge", "1 while the last pass succeeded", up},
    {"lag_seconds", "gauge", "since the last pass that had all there was, -1 never", lag},
    {"passes_total", "counter", "passes that had all there was", passes},
    {"failures_total", "counter", "requests that failed", failed},
    {"taken_total", "counter", "records that were new", taken},
    {"known_total", "counter", "records that had been read before", known},
    {"refused_total", "counter", "records that nothing could be made of", refused}};

void pull_metrics(struct pull *const *pulls, size_t count, struct buf *out) {
  for (size_t f = 0; count && f < sizeof figures / sizeof *figures; f++) {
    const char *name = figures[f].name;
    buf_printf(out, "# HELP afterward_pull_%s %s\n# TYPE afterward_pull_%s %s\n", name,
               figures[f].help, name, figures[f].type);
    for (size_t i = 0; i < count; i++)
      buf_printf(out, "afterward_pull_%s{connector=\"%s\"} %.15g\n", name, pulls[i]->name,
                 figures[f].of(pulls[i]));
  }
}
