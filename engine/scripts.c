// The way from the domain to Lua: which version runs, and what a script may know.
#include <stdlib.h>
#include <string.h>

#include "care/facts.h"
#include "engine.h"
#include "script/turn.h"

struct knower {  // behind struct facts for one turn or callback
  struct engine *engine;
  struct subject subject;
  const struct run *run;  // NULL in a callback
};

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
                     struct buf *out, struct status *status) {
  struct knower *knower = self;
  return port_rule(knower->engine, knower->subject.department, id, arguments, out,
                   status);
}

static struct facts facts_of(struct knower *knower) {
  return (struct facts){.self = knower,
                        .field = know_field,
                        .read = know_read,
                        .get = know_get,
                        .silences = know_silences,
                        .rule = know_rule,
                        .time = know_time,
                        .estimate = know_estimate,
                        .now = know_now};
}

static void read_flag(struct engine *engine, const struct run *run, struct buf *out) {
  if (strcmp(run->kind, "watch")) {  // a step has none
    value_put_nil(out);
    return;
  }
  struct stmt *row =
      store_query(engine->store, "SELECT flag FROM run WHERE id=?1", "i", run->id);
  size_t len = 0;
  const void *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len)
    buf_put(out, bytes, len);
  else
    value_put_nil(out);
  stmt_done(row);
}

static void turn_on(struct engine *engine, const struct run *run, int64_t row,
                    const struct buf *journal, const struct buf *flag,
                    struct turn_output *out) {
  struct bundle *bundle = engine_bundle(engine, run->department, row);
  struct knower knower = {
      engine,
      {&engine->care, run->department, run->patient, run->enrollment, run->event},
      run};
  struct facts facts = facts_of(&knower);
  struct turn_input input = {.pathway = run->pathway,
                             .kind = run->kind,
                             .name = run->name,
                             .seed = (uint64_t)run->id * 2654435761u,
                             .journal = buf_text(journal),
                             .journal_len = journal->len,
                             .facts = &facts};
  value_read(flag->data, flag->len, &input.flag);
  if (bundle) {
    turn_run(bundle, &input, out);
    return;
  }
  out->end = TURN_STUCK;
  buf_printf(&out->cause, "version %lld of department %s can't be loaded any more",
             (long long)row, run->department);
}

// The newest version is tried first; a run that has begun on another one stays on that
// when its replay disagrees.
static int port_turn(void *self, struct run *run, const struct buf *journal,
                     struct buf *records, uint32_t *count, struct buf *cause) {
  struct engine *engine = self;
  struct buf flag = {0};
  struct turn_output out = {0};
  int64_t newest = catalog_bundle(engine->catalog, run->department), began = run->bundle;
  read_flag(engine, run, &flag);
  turn_on(engine, run, newest, journal, &flag, &out);
  run->bundle = newest;
  if (out.end == TURN_STUCK && began != newest) {
    turn_output_deinit(&out);
    out = (struct turn_output){0};
    turn_on(engine, run, began, journal, &flag, &out);
    run->bundle = began;
  }
  *records = out.records;
  *count = out.count;
  *cause = out.cause;
  out.records = out.cause = (struct buf){0};
  int end = (int)out.end;
  turn_output_deinit(&out);
  buf_deinit(&flag);
  return end;
}

static int port_callback(void *self, const char *department, const char *pathway,
                         const char *watch, const char *which, int64_t patient,
                         int64_t enrollment, int64_t event, struct buf *out,
                         struct status *status) {
  struct engine *engine = self;
  struct bundle *bundle = engine_bundle(engine, department, 0);
  struct knower knower = {
      engine, {&engine->care, department, patient, enrollment, event}, NULL};
  struct facts facts = facts_of(&knower);
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
                                               .turn = port_turn,
                                               .callback = port_callback,
                                               .rule = port_rule,
                                               .shown = port_shown};
}
