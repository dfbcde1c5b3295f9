// The way from the domain to Lua: which version runs, and what a script may know.
#include <stdlib.h>
#include <string.h>

#include "care/case.h"
#include "care/case_clock.h"
#include "care/run_version.h"
#include "scripts_parts.h"

// A step's event is the one that enrolled; few scripts ask.
static void find_event(struct knower *knower) {
  struct subject *subject = &knower->subject;
  if (!subject->event && subject->enrollment)
    subject->event =
        store_int(knower->engine->store, 0, "SELECT event FROM enrollment WHERE id=?1",
                  "i", subject->enrollment);
}

static void know_field(void *self, const char *name, struct buf *out) {
  struct knower *knower = self;
  if (knower->run && !strcmp(name, "step"))
    value_put_text(out, knower->run->name);
  else if (knower->run && !strcmp(name, "day"))
    value_put_text(out, knower->run->day);
  else if (!strcmp(name, "patient") || !strcmp(name, "event")) {
    find_event(knower);
    const struct buf *seen = facts_seen(&knower->subject, name);
    buf_put(out, seen->data, seen->len);
  } else
    facts_field(&knower->subject, name, out);
}

static int know_read(void *self, const char *code, const struct value *options,
                     struct buf *out, struct status *status) {
  return facts_read(&((struct knower *)self)->subject, code, options, out, status);
}

static void know_get(void *self, const char *key, struct buf *out) {
  facts_get(&((struct knower *)self)->subject, key, out);
}

static void know_silences(void *self, const char *form, struct buf *out) {
  facts_silences(&((struct knower *)self)->subject, form, out);
}

static int know_time(void *self, const char *when, int64_t base, int64_t *out,
                     struct status *status) {
  return facts_time(&((struct knower *)self)->subject, when, base, out, status);
}

static void know_estimate(void *self, const char *role, struct buf *out) {
  facts_estimate(&((struct knower *)self)->subject, role, out);
}

static bool know_in_case(void *self) {
  const struct subject *subject = &((struct knower *)self)->subject;
  return case_is(subject->care, subject->enrollment);
}

static void know_clock(void *self, const char *name, bool again, struct buf *out) {
  const struct subject *subject = &((struct knower *)self)->subject;
  int64_t due = case_clock_due(subject->care, subject->enrollment, name, again);
  if (due)
    value_put_int(out, due);
  else
    value_put_nil(out);
}

static int64_t know_now(void *self) {
  return kernel_now(((struct knower *)self)->engine->kernel);
}

// The newest version, or the last one that declared what is asked for.
static struct bundle *declaring(struct engine *engine, const char *department,
                                const char *kind, const char *id) {
  return engine_bundle(engine, department,
                       catalog_departed(engine->catalog, department, kind, id));
}

static int port_rule(void *self, const char *department, const char *rule,
                     const struct value *arguments, struct buf *out,
                     struct status *status) {
  struct bundle *bundle = declaring(self, department, "rule", rule);
  if (!bundle)
    return status_fail(status, ERR_NOT_FOUND, "department %s has no scripts", department);
  return rule_run(bundle, rule, arguments, out, status);
}

static int know_rule(void *self, const char *id, const struct value *arguments,
                     struct buf *out, int64_t *version, struct status *status) {
  struct knower *knower = self;
  const char *department = knower->subject.department;
  struct catalog *catalog = knower->engine->catalog;
  if (version) *version = catalog_departed(catalog, department, "rule", id);
  if (version && !*version) *version = catalog_bundle(catalog, department);
  return port_rule(knower->engine, department, id, arguments, out, status);
}

static bool know_changed(void *self, const char *edit) {
  struct knower *knower = self;
  if (!knower->run) return true;
  int64_t first = run_version_first(knower->engine->store, knower->run);
  return first == knower->version ||
         run_version_has_edit(knower->engine->store, first, edit);
}

struct facts scripts_facts(struct knower *knower) {
  return (struct facts){.self = knower,
                        .field = know_field,
                        .read = know_read,
                        .get = know_get,
                        .silences = know_silences,
                        .rule = know_rule,
                        .changed = know_changed,
                        .time = know_time,
                        .estimate = know_estimate,
                        .in_case = know_in_case,
                        .clock = know_clock,
                        .now = know_now};
}

static int port_callback(void *self, const char *department, const char *pathway,
                         const char *watch, const char *which, int64_t patient,
                         int64_t enrollment, int64_t event, struct buf *out,
                         struct status *status) {
  struct engine *engine = self;
  struct bundle *bundle = engine_bundle(engine, department, 0);
  struct knower knower = {
      engine, {&engine->care, department, patient, enrollment, event}, NULL, 0};
  struct facts facts = scripts_facts(&knower);
  if (!bundle)
    return status_fail(status, ERR_NOT_FOUND, "department %s has no scripts", department);
  return callback_run(bundle, pathway, watch, which, &facts, out, status);
}

static int port_shown(void *self, const char *department, const char *form,
                      const char *item, const struct value *answers, bool *shown) {
  struct status status = {0};
  struct bundle *bundle = declaring(self, department, "form", form);
  if (!bundle) return ERR_NOT_FOUND;
  return item_shown(bundle, form, item, answers, shown, &status);
}

void scripts_port_init(struct engine *engine) {
  engine->care.scripts = (struct scripts_port){.self = engine,
                                               .turn = scripts_turn,
                                               .trace = scripts_trace,
                                               .callback = port_callback,
                                               .rule = port_rule,
                                               .shown = port_shown};
}
