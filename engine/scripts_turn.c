// Turns, and which version of the scripts makes them: the newest is tried first; a run
// that has begun on another one stays on that when its replay disagrees.
#include <string.h>

#include "care/canary.h"
#include "scripts_parts.h"

void scripts_flag(struct store *store, const struct run *run, struct buf *out) {
  if (strcmp(run->kind, "watch")) {  // a step has none
    value_put_nil(out);
    return;
  }
  struct stmt *row = store_query(store, "SELECT flag FROM run WHERE id=?1", "i", run->id);
  size_t len = 0;
  const void *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len)
    buf_put(out, bytes, len);
  else
    value_put_nil(out);
  stmt_done(row);
}

static struct turn_input input_of(const struct run *run, const struct buf *journal,
                                  const struct buf *flag) {
  struct turn_input input = {.pathway = run->pathway,
                             .kind = run->kind,
                             .name = run->name,
                             .seed = (uint64_t)run->id * 2654435761u,
                             .journal = buf_text(journal),
                             .journal_len = journal->len};
  value_read(flag->data, flag->len, &input.flag);
  return input;
}

static void no_bundle(struct turn_output *out, const struct run *run, int64_t version) {
  out->end = TURN_STUCK;
  buf_printf(&out->cause, "version %lld of department %s can't be loaded any more",
             (long long)version, run->department);
}

static void turn_on(struct engine *engine, const struct run *run, int64_t version,
                    const struct buf *journal, const struct buf *flag,
                    struct turn_output *out) {
  struct bundle *bundle = engine_bundle(engine, run->department, version);
  struct knower knower = {engine,
                          {&engine->care, run->department, run->patient, run->enrollment,
                           run->event, strcmp(run->kind, "job") ? NULL : run->name},
                          run,
                          version};
  struct facts facts = scripts_facts(&knower);
  struct turn_input input = input_of(run, journal, flag);
  input.facts = &facts;
  if (bundle)
    turn_run(bundle, &input, out);
  else
    no_bundle(out, run, version);
}

static void hand_over(struct turn_output *from, struct turned *to) {
  to->end = (int)from->end;
  to->records = from->records;
  to->count = from->count;
  to->cause = from->cause;
}

void scripts_turn(void *self, struct run *run, const struct buf *journal,
                  struct turned *out) {
  struct engine *engine = self;
  struct buf flag = {0};
  struct turn_output made = {0};
  int64_t newest = canary_follows_run(&engine->care, run);
  if (!newest) newest = catalog_bundle(engine->catalog, run->department);
  out->began = run->bundle;
  // One that has done nothing yet begins with the newest; that is no move.
  if (newest != run->bundle && journal->len) out->tried = newest;
  scripts_flag(engine->store, run, &flag);
  turn_on(engine, run, newest, journal, &flag, &made);
  out->replayed = made.replayed;
  if (made.end == TURN_STUCK && out->began != newest) {
    out->tried = newest;
    out->stayed = made.cause;
    made.cause = (struct buf){0};
    turn_output_deinit(&made);
    made = (struct turn_output){0};
    turn_on(engine, run, out->began, journal, &flag, &made);
  } else {
    run->bundle = newest;
  }
  hand_over(&made, out);
  buf_deinit(&flag);
}

void scripts_replay(struct bundle *bundle, const struct replaying *replaying,
                    struct turn_output *out) {
  static const struct facts nothing = {0};  // none is asked
  struct turn_input input = input_of(replaying->run, replaying->journal, replaying->flag);
  input.facts = &nothing;
  input.replay_only = true;
  input.trace = replaying->trace;
  input.trace_self = replaying->trace_self;
  turn_run(bundle, &input, out);
}

static void keep_place(void *self, uint32_t position, const char *where) {
  (void)position;
  buf_put(self, where, strlen(where) + 1);
}

void scripts_trace(void *self, const struct run *run, int64_t version,
                   const struct buf *journal, struct traced *out) {
  struct engine *engine = self;
  struct turn_output made = {0};
  struct buf flag = {0};
  scripts_flag(engine->store, run, &flag);
  if (!version) version = run->bundle;
  struct bundle *bundle = engine_bundle(engine, run->department, version);
  if (bundle)
    scripts_replay(bundle,
                   &(struct replaying){run, journal, &flag, keep_place, &out->places},
                   &made);
  else
    no_bundle(&made, run, version);
  out->replayed = made.replayed;
  out->cause = made.cause;
  made.cause = (struct buf){0};
  turn_output_deinit(&made);
  buf_deinit(&flag);
}
