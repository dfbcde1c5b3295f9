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

struct own_hours {  // what a department adds to the site's: for all, and for one class
  char all[128], of_class[128];
};

static void copy_hours(const struct value *hours, char out[128]) {
  out[0] = '\0';
  if (hours->kind == VALUE_TEXT)
    snprintf(out, 128, "%.*s", (int)hours->text.len, hours->text.data);
}

static void find_own(struct care *care, const char *department_id, const char *class_,
                     struct own_hours *own) {
  struct value department = catalog_department(care->catalog, department_id),
               all = value_field(&department, "quiet_hours"),
               classes = value_field(&department, "class_quiet_hours"),
               of_class = value_field(&classes, class_);
  copy_hours(&all, own->all);
  copy_hours(&of_class, own->of_class);
}

static int64_t free_at(struct care *care, const struct own_hours *own,
                       const struct zone *zone, const char **reason) {
  int64_t at = kernel_now(care->kernel);
  *reason = NULL;
  for (int i = 0; i < LONGEST; i++) {
    const char *why = NULL;
    if (festival_at(care, zone, at)) {
      why = "festival";
      at = day_start(zone, at, 1);
    } else if (leave_quiet(care->site->quiet_hours, zone, &at) ||
               leave_quiet(own->all, zone, &at) ||
               leave_quiet(own->of_class, zone, &at)) {
      why = "quiet-hours";
    }
    if (!why) break;
    if (!*reason) *reason = why;
  }
  return at;
}

int64_t message_free_at(struct care *care, const char *department,
                        const struct zone *zone, const char **reason) {
  struct own_hours own;
  find_own(care, department, "", &own);
  return free_at(care, &own, zone, reason);
}

bool gate_hours(struct care *care, struct message *message, struct gate *gate) {
  struct own_hours own;
  const char *reason;
  find_own(care, message->department, message->class_, &own);
  int64_t at = free_at(care, &own, message_about(care, message)->zone, &reason);
  return reason ? gate_hold(gate, message, reason, at) : true;
}
