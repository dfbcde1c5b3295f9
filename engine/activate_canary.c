// Versions that some enrollments follow first.
#include "activate.h"
#include "base/log.h"
#include "care/canary.h"
#include "care/departed.h"
#include "care/quarantine.h"

static struct value definitions_of(struct engine *engine, const char *department,
                                   int64_t version) {
  struct bundle *bundle =
      bundles_get(&engine->bundles, engine->store, department, version);
  return bundle ? bundle_definitions(bundle) : (struct value){0};
}

bool activate_wants_canary(struct engine *engine, const char *department,
                           int64_t version) {
  struct value definitions = definitions_of(engine, department, version);
  return catalog_bundle(engine->catalog, department) && definitions.kind == VALUE_MAP &&
         canary_wanted(&definitions);
}

// Forms, rules and templates that only the canary has are found like those that have
// departed.
static void load(struct engine *engine, const char *department, struct status *status) {
  canary_load(&engine->care, status);
  catalog_put_departed(engine->catalog, department,
                       departed_load(engine->store, department));
}

static void keep_reason(struct engine *engine, const char *department, int64_t version,
                        const struct value *definitions) {
  struct buf reason = {0};
  buf_puts(&reason, "tried on ");
  canary_describe(definitions, &reason);
  buf_puts(&reason, ": afterward compare, then promote or withdraw");
  candidate_reason(engine->store, department, version, buf_text(&reason));
  buf_deinit(&reason);
}

int activate_canary(struct engine *engine, int64_t version, const struct activation *how,
                    struct status *status) {
  struct value own = definitions_of(engine, how->department, version),
               active = catalog_definitions(engine->catalog, how->department);
  if (own.kind != VALUE_MAP)
    return status_fail(status, ERR_INTERNAL,
                       "version %lld of %s can't be loaded any more: the log says why",
                       (long long)version, how->department);
  if (store_begin(engine->store, status)) return status->code;
  departed_note(engine->store, how->department, version, &own, &active);
  canary_begin(&engine->care, how->department, version, how->who, how->at);
  keep_reason(engine, how->department, version, &own);
  if (store_commit(engine->store, status)) return status->code;
  load(engine, how->department, status);
  log_line(LOG_LEVEL_INFO, "bundle.canary", "department=%s bundle=%lld by=%s",
           how->department, (long long)version, how->who);
  return status->code;
}

int activate_withdraw(struct engine *engine, const char *department, const char *who,
                      struct status *status) {
  if (!canary_bundle(&engine->care, department))
    return status_fail(status, ERR_CONFLICT, "no version of %s is being tried on some",
                       department);
  if (store_begin(engine->store, status)) return status->code;
  int64_t now = clock_now(engine->clock);
  canary_end(&engine->care, department, 0, who, now);
  candidate_withdraw(engine->store, department, who, now);
  quarantine_lift(engine->store, department);
  if (store_commit(engine->store, status)) return status->code;
  log_line(LOG_LEVEL_INFO, "bundle.withdrawn", "department=%s by=%s", department, who);
  engine->care.breaches = BREACHES_UNKNOWN;
  load(engine, department, status);
  return status->code;
}
