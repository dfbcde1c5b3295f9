// The triggers that note changes while somebody wants to know of them.
#include <string.h>

#include "fhir/hook_parts.h"

#define TRIGGER(name, table, type, when)                                          \
  "CREATE TEMP TRIGGER IF NOT EXISTS fhir_" name " AFTER " when " ON main." table \
  " BEGIN INSERT INTO fhir_change (type, ref) VALUES ('" type "', NEW.id); END"
#define WATCH(name, table, type)                         \
  {                                                      \
    type, TRIGGER(name "_new", table, type, "INSERT"),   \
        TRIGGER(name "_old", table, type, "UPDATE"),     \
        "DROP TRIGGER IF EXISTS temp.fhir_" name "_new", \
        "DROP TRIGGER IF EXISTS temp.fhir_" name "_old"  \
  }

static const struct watched {
  const char *type, *on_new, *on_old, *off_new, *off_old;
} watched[] = {WATCH("patient", "patient", "Patient"),
               WATCH("encounter", "encounter", "Encounter"),
               WATCH("observation", "observation", "Observation"),
               WATCH("appointment", "appointment", "Appointment"),
               WATCH("answer", "answer", "QuestionnaireResponse"),
               WATCH("request", "message", "CommunicationRequest"),
               WATCH("message", "message", "Communication"),
               WATCH("task", "task", "Task"),
               WATCH("plan", "enrollment", "CarePlan")};
enum { WATCHED = sizeof watched / sizeof *watched };

bool fhir_hooks_know(const struct fhir_type *type) {
  for (size_t i = 0; i < WATCHED; i++)
    if (!strcmp(watched[i].type, type->name)) return true;
  return false;
}

static bool is_wanted(struct store *store, const char *type) {
  return store_int(store, 0,
                   "SELECT 1 FROM fhir_subscription WHERE type=?1 AND status<>'off' "
                   "LIMIT 1",
                   "t", type) != 0;
}

void fhir_hooks_watch(struct fhir_hooks *hooks) {
  struct store *store = hooks->fhir->care->store;
  bool any = false;
  for (size_t i = 0; i < WATCHED; i++) {
    bool wanted = is_wanted(store, watched[i].type);
    any = any || wanted;
    store_exec(store, wanted ? watched[i].on_new : watched[i].off_new, "");
    store_exec(store, wanted ? watched[i].on_old : watched[i].off_old, "");
  }
  if (!any) store_exec(store, "DELETE FROM fhir_change", "");
  hooks->any = any;
  if (any && !hooks->stopped) loop_timer_arm(hooks->timer, HOOK_LOOK_MS);
}
