#include "care/feedback_end.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "care/mapping.h"

static const int64_t hour_ms = 3600000;
static const int64_t band_hours[BANDS] = {24, 72, 168, 0};  // 0: later

static bool is(const struct case_figure *figure, const char *word) {
  const char *closed = figure->text[FIGURE_CLOSED];
  return closed && strcmp(closed, word) == 0;
}

static bool is_no(const struct case_figure *figure) {
  return is(figure, "no") || is(figure, "unresolved");
}

void feedback_end_worth(const struct case_figure *figure, int64_t *satisfied,
                        int64_t *unsatisfied) {
  *satisfied = is(figure, "yes") || is(figure, "partly");
  *unsatisfied = is_no(figure);
}

static void add_time(struct feedback_ends *ends, const char *closed, int64_t took) {
  int at = 0;
  while (at < ends->count && strcmp(ends->ends[at].closed, closed) != 0) at++;
  if (at == ENDS_MOST || strlen(closed) >= END_WORD) return;
  if (at == ends->count)
    memcpy(ends->ends[ends->count++].closed, closed, strlen(closed) + 1);
  buf_put(&ends->ends[at].took, &took, sizeof took);
}

static int band_of(int64_t took) {
  int band = 0;
  while (band_hours[band] && took > band_hours[band] * hour_ms) band++;
  return band;
}

// A case counts as asked when it is known what came of that: it is closed.
void feedback_ends_add(struct feedback_ends *ends, const struct case_figure *figure) {
  int64_t satisfied, unsatisfied;
  const char *closed = figure->text[FIGURE_CLOSED];
  feedback_end_worth(figure, &satisfied, &unsatisfied);
  ends->yes += is(figure, "yes");
  ends->partly += is(figure, "partly");
  ends->no += is_no(figure);
  ends->asked += closed && (figure->asked || satisfied || unsatisfied);
  if (!closed || !figure->took) return;
  add_time(ends, closed, figure->took);
  ends->satisfied[band_of(figure->took)] += satisfied;
  ends->unsatisfied[band_of(figure->took)] += unsatisfied;
}

void feedback_ends_put(const struct feedback_ends *ends, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "asked", ends->asked);
  mapping_int(&map, "no", ends->no);
  mapping_int(&map, "partly", ends->partly);
  mapping_int(&map, "yes", ends->yes);
  mapping_end(&map);
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

void feedback_ends_put_times(struct feedback_ends *ends, struct buf *out) {
  size_t list = value_begin_list(out);
  for (int i = 0; i < ends->count; i++) {
    int64_t *took = (int64_t *)(void *)ends->ends[i].took.data;
    size_t count = ends->ends[i].took.len / sizeof *took;
    qsort(took, count, sizeof *took, by_size);
    struct mapping map = mapping_begin(out);
    mapping_int(&map, "cases", (int64_t)count);
    mapping_text(&map, "closed", ends->ends[i].closed);
    mapping_int(&map, "median_ms", took[(count - 1) / 2]);
    mapping_end(&map);
  }
  value_end(out, list, (uint32_t)ends->count);
}

void feedback_ends_put_bands(const struct feedback_ends *ends, struct buf *out) {
  size_t list = value_begin_list(out);
  for (int i = 0; i < BANDS; i++) {
    struct mapping map = mapping_begin(out);
    mapping_int(&map, "hours", band_hours[i]);
    mapping_int(&map, "satisfied", ends->satisfied[i]);
    mapping_int(&map, "unsatisfied", ends->unsatisfied[i]);
    mapping_end(&map);
  }
  value_end(out, list, BANDS);
}

void feedback_ends_deinit(struct feedback_ends *ends) {
  for (int i = 0; i < ends->count; i++) buf_deinit(&ends->ends[i].took);
}
