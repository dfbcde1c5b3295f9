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

static const struct zone *zone_named(struct care *care, const char *name) {
  const struct zone *zone = NULL;
  struct status status = {0};
  return name && !zones_find(care->zones, name, &zone, &status) ? zone : NULL;
}

const struct zone *care_zone(struct care *care, const char *department) {
  const struct zone *zone = zone_named(care, catalog_zone(care->catalog, department));
  return zone ? zone : care_site_zone(care);
}

const struct zone *care_patient_zone(struct care *care, int64_t patient,
                                     const char *department) {
  char *own =
      store_text(care->store, "SELECT zone FROM patient WHERE id=?1", "i", patient);
  const struct zone *zone = care_zone_of(care, own, department);
  free(own);
  return zone;
}

const struct zone *care_zone_of(struct care *care, const char *own,
                                const char *department) {
  const struct zone *zone = zone_named(care, own);
  return zone ? zone : care_zone(care, department);
}

void turned_deinit(struct turned *turned) {
  buf_deinit(&turned->records);
  buf_deinit(&turned->cause);
  buf_deinit(&turned->stayed);
}

void traced_deinit(struct traced *traced) {
  buf_deinit(&traced->places);
  buf_deinit(&traced->cause);
}

void care_audit(struct care *care, const char *actor, const char *action,
                const char *object, const char *detail) {
  store_exec(
      care->store,
      "INSERT INTO audit (at, actor, action, object, detail) VALUES (?1,?2,?3,?4,?5)",
      "itttt", kernel_now(care->kernel), actor, action, object, detail);
}
