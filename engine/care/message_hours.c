// When patients are left alone: festivals, and quiet hours in the patient's own zone.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/window.h"
#include "care/festival.h"
#include "care/message_about.h"
#include "care/message_day.h"
#include "care/message_gate.h"

enum { LONGEST = 60 };  // days and nights looked through, one after another

// Moves at to the end of these hours when it lies in them.
static bool leave_quiet(const char *hours, const struct zone *zone, int64_t *at) {
  struct window window;
  struct status status = {0};
  int64_t out;
  if (!hours || !*hours) return false;
  if (window_parse(hours, &window, &status) != OK) {
    log_line(LOG_LEVEL_ERROR, "message.quiet-hours", "error=%s", status.text);
    return false;
  }
  if (!window_inside(&window, zone, *at)) return false;
  if (!window_next_outside(&window, zone, *at, &out)) return false;
  *at = out;
  return true;
}

int64_t message_free_at(struct care *care, const char *department_id,
                        const struct zone *zone, const char **reason) {
  struct value department = catalog_department(care->catalog, department_id);
  struct value own = value_field(&department, "quiet_hours");
  char hours[128] = "";
  if (own.kind == VALUE_TEXT)
    snprintf(hours, sizeof hours, "%.*s", (int)own.text.len, own.text.data);
  int64_t at = kernel_now(care->kernel);
  *reason = NULL;
  for (int i = 0; i < LONGEST; i++) {
    const char *why = NULL;
    if (festival_at(care, zone, at)) {
      why = "festival";
      at = day_start(zone, at, 1);
    } else if (leave_quiet(care->site->quiet_hours, zone, &at) ||
               leave_quiet(hours, zone, &at)) {
      why = "quiet-hours";
    }
    if (!why) break;
    if (!*reason) *reason = why;
  }
  return at;
}

bool gate_hours(struct care *care, struct message *message, struct gate *gate) {
  const char *reason;
  int64_t at = message_free_at(care, message->department,
                               message_about(care, message)->zone, &reason);
  return reason ? gate_hold(gate, message, reason, at) : true;
}
