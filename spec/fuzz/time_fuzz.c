// Texts that departments and files write: spans, windows, moments, lists of holidays in
// any charset. What is taken makes sense, what is not has a sentence.
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/iso.h"
#include "base/mem.h"
#include "base/span.h"
#include "base/utf8.h"
#include "base/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { YEAR_2026 = 1767225600 };
#define YEAR_1 (INT64_C(-62135596800000) + 86400000)
#define YEAR_9999 INT64_C(253402300799000) - 86400000

static void try_span(const char *text, const struct zone *zone,
                     const struct calendar *calendar) {
  static const int64_t base = YEAR_2026 * (int64_t)1000;
  struct status status = {0};
  struct span span;
  int64_t at = 0;
  if (span_parse(text, &span, &status)) {
    assert(status.text[0]);
    return;
  }
  if (span_add(base, &span, zone, calendar, &at, &status) == OK)
    assert(span.amount <= 0 || at >= base);  // "0d 08:00" may lie before, on the same day
  else
    assert(status.text[0]);
  span_parse_recurrence(text, &span, &status);
}

static void try_window(const char *text, const struct zone *zone) {
  struct status status = {0};
  struct window window;
  int64_t at;
  if (window_parse(text, &window, &status)) {
    assert(status.text[0]);
    return;
  }
  if (window_next_inside(&window, zone, YEAR_2026 * (int64_t)1000, &at))
    assert(at >= YEAR_2026 * (int64_t)1000);
}

static void try_moment(const char *text, const struct zone *zone) {
  struct status status = {0};
  char shown[ISO_SIZE];
  int64_t ms, again;
  if (iso_parse(text, zone, &ms, &status)) return;
  if (ms < YEAR_1 || ms > YEAR_9999) return;  // the zone's year may have no four digits
  iso_format(ms, zone, shown);
  assert(iso_parse(shown, zone, &again, &status) == OK && again / 1000 == ms / 1000);
}

static void try_charsets(const char *text, size_t len) {
  struct charset_probe probe = {0};
  struct status status = {0};
  enum charset_kind kind;
  charset_probe(&probe, text, len / 2);
  charset_probe(&probe, text + len / 2, len - len / 2);
  if (charset_found(&probe, &kind, &status)) return;
  struct charset *charset = charset_new(kind, true);
  struct buf out = {0};
  if (charset_convert(charset, text, len, &out, &status) == OK)
    assert(utf8_valid(buf_text(&out), out.len));
  else
    assert(status.text[0] && !out.len);
  buf_deinit(&out);
  charset_free(charset);
}

static void try_texts(const char *text, size_t len) {
  static struct zones zones;
  struct status status = {0};
  zones_init(&zones, NULL);
  const struct zone *zone = NULL;
  if (zones_find(&zones, "Europe/Berlin", &zone, &status)) abort();
  struct calendar *calendar = worktime_new();
  worktime_set_hours(calendar, "mon-fri", text, &status);
  worktime_add_holidays(calendar, text, len, "cn.csv", &status);
  if (worktime_check(calendar, &status) == OK) try_span(text, zone, calendar);
  worktime_free(calendar);
  try_span(text, zone, NULL);
  try_window(text, zone);
  try_moment(text, zone);
  zones_deinit(&zones);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = mem_copy_bytes(data, size);
  try_charsets(text, size);
  try_texts(text, size);
  mem_free(text);
  return 0;
}
