// How often a patient may be contacted, over all pathways.
#include <string.h>

#include "care/message_about.h"
#include "care/message_day.h"
#include "care/message_gate.h"

enum { WEEK = 7 };
static const int64_t long_held_ms = 62 * (int64_t)CIVIL_DAY_MS;

// A contact, of the message of that prefix.
#define COUNTS(m) \
  "(" m "accepted_at IS NOT NULL OR " m "status='in_flight' OR " m "status='in_doubt')"

struct budget {
  int64_t day, week;   // 0: no limit
  const char *class_;  // "": all but medicine and safety
};

struct contacts {
  int64_t day, week;  // so far
};

static struct contacts count_contacts(struct care *care, const struct message *message,
                                      const char *class_, int64_t day, int64_t week) {
  struct stmt *row = store_query(
      care->store,
      "SELECT total(accepted_at>=?4 OR status='in_flight' OR status='in_doubt'),"
      " count(*) FROM message WHERE patient=?1 AND created_at>=?2 AND id<>?3 AND"
      " (accepted_at>=?5 OR status='in_flight' OR status='in_doubt') AND kind<>'page'"
      " AND (class=?6 OR (?6='' AND class<>'medicine' AND class<>'safety')) AND NOT"
      " EXISTS (SELECT 1 FROM message m WHERE message.first IS NOT NULL AND"
      " m.first=message.first AND m.id<message.id AND " COUNTS("m.") ") AND NOT"
      " EXISTS (SELECT 1 FROM carried WHERE carried.message=message.id AND CASE ?6 WHEN"
      " '' THEN spent ELSE again END)",
      "iiiiit", message->patient, week - long_held_ms, message->id, day, week, class_);
  struct contacts contacts = {0};
  if (stmt_row(row)) contacts = (struct contacts){stmt_int(row, 0), stmt_int(row, 1)};
  stmt_done(row);
  return contacts;
}

static bool within(struct care *care, const struct message *message,
                   const struct budget *budget, const struct zone *zone) {
  int64_t now = kernel_now(care->kernel);
  if (budget->day <= 0 && budget->week <= 0) return true;
  struct contacts so_far =
      count_contacts(care, message, budget->class_, day_start(zone, now, 0),
                     day_start(zone, now, 1 - WEEK));
  return (budget->day <= 0 || so_far.day < budget->day) &&
         (budget->week <= 0 || so_far.week < budget->week);
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
  if (message_is_again(care, message)) return true;  // another of its roads counted
  const struct zone *zone = message_about(care, message)->zone;
  struct budget site = {care->site->budget_day, care->site->budget_week, ""};
  struct budget own = department_budget(care, message);
  bool counted = strcmp(message->class_, "medicine") != 0;
  if ((!counted || within(care, message, &site, zone)) &&
      within(care, message, &own, zone))
    return true;
  return gate_hold(gate, message, "budget", day_start(zone, kernel_now(care->kernel), 1));
}
