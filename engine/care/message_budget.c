// How often a patient may be contacted, over all pathways.
#include <string.h>

#include "care/message_day.h"
#include "care/message_gate.h"

enum { WEEK = 7 };
static const int64_t long_held_ms = 62 * (int64_t)CIVIL_DAY_MS;

static int64_t contacts_since(struct care *care, const struct message *message,
                              int64_t since, const char *class_) {
  return store_int(care->store, 0,
                   "SELECT count(*) FROM message WHERE patient=?1 AND created_at>=?2 AND"
                   " id<>?3 AND (accepted_at>=?4 OR status IN ('in_flight','in_doubt'))"
                   " AND kind<>'page' AND (class=?5 OR (?5='' AND class NOT IN"
                   " ('medicine','safety'))) AND NOT EXISTS (SELECT 1 FROM carried WHERE"
                   " carried.message=message.id AND CASE ?5 WHEN '' THEN spent ELSE again"
                   " END)",
                   "iiiit", message->patient, since - long_held_ms, message->id, since,
                   class_);
}

struct budget {
  int64_t day, week;   // 0: no limit
  const char *class_;  // "": all but medicine and safety
};

static bool within(struct care *care, const struct message *message,
                   const struct budget *budget, const struct zone *zone) {
  int64_t now = kernel_now(care->kernel);
  if (budget->day > 0 && contacts_since(care, message, day_start(zone, now, 0),
                                        budget->class_) >= budget->day)
    return false;
  return budget->week <= 0 ||
         contacts_since(care, message, day_start(zone, now, 1 - WEEK), budget->class_) <
             budget->week;
}

static struct budget department_budget(struct care *care, const struct message *message) {
  struct value department = catalog_department(care->catalog, message->department);
  struct value budgets = value_field(&department, "budget");
  struct value own = value_field(&budgets, message->class_);
  struct value day = value_field(&own, "day"), week = value_field(&own, "week");
  return (struct budget){value_int_or(&day, 0), value_int_or(&week, 0), message->class_};
}

bool gate_budget(struct care *care, struct message *message, struct gate *gate) {
  if (message->accepted_at) return true;  // it counted when it was first accepted
  const struct zone *zone =
      care_patient_zone(care, message->patient, message->department);
  struct budget site = {care->site->budget_day, care->site->budget_week, ""};
  struct budget own = department_budget(care, message);
  bool counted = strcmp(message->class_, "medicine") != 0;
  if ((!counted || within(care, message, &site, zone)) &&
      within(care, message, &own, zone))
    return true;
  return gate_hold(gate, message, "budget", day_start(zone, kernel_now(care->kernel), 1));
}
