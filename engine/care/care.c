#include "care/care.h"

#include <stdlib.h>

#include "base/log.h"

const struct zone *care_site_zone(struct care *care) {
  const struct zone *zone = NULL;
  struct status status = {0};
  if (zones_find(care->zones, care->site->zone, &zone, &status) == OK) return zone;
  log_line(LOG_LEVEL_ERROR, "zone.missing", "zone=%s reason=\"%s\"", care->site->zone,
           status.text);
  abort();  // checked at start
}

static const struct zone *zone_named(struct care *care, char *name) {
  const struct zone *zone = NULL;
  struct status status = {0};
  if (!name || zones_find(care->zones, name, &zone, &status)) zone = NULL;
  free(name);
  return zone;
}

const struct zone *care_zone(struct care *care, const char *department) {
  struct value body = catalog_department(care->catalog, department);
  struct value name = value_field(&body, "zone");
  const struct zone *zone = zone_named(care, value_copy_text(&name));
  return zone ? zone : care_site_zone(care);
}

const struct zone *care_patient_zone(struct care *care, int64_t patient,
                                     const char *department) {
  const struct zone *zone = zone_named(
      care,
      store_text(care->store, "SELECT zone FROM patient WHERE id=?1", "i", patient));
  return zone ? zone : care_zone(care, department);
}

void care_audit(struct care *care, const char *actor, const char *action,
                const char *object, const char *detail) {
  store_exec(
      care->store,
      "INSERT INTO audit (at, actor, action, object, detail) VALUES (?1,?2,?3,?4,?5)",
      "itttt", kernel_now(care->kernel), actor, action, object, detail);
}
