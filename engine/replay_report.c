#include "replay_report.h"

#include <string.h>

#include "base/mem.h"
#include "care/canary.h"
#include "care/mapping.h"
#include "scripts_parts.h"

enum { BREACHES = 3 };  // of the time budget, after which a step's runs are not tried

struct step_counts {
  char *pathway, *kind, *name;
  int64_t runs, diverge;
  int breaches;
};

struct replay_report {
  struct engine *engine;
  struct replay_scope scope;
  char *department, *pathway;
  struct bundle *bundle;  // of this slice
  int64_t after;          // the last run looked at
  struct replay_counts counts;
  struct step_counts *steps;
  int step_count, last_step;
  struct buf list;  // encoded maps one after another
  int64_t listed;
  struct buf agreed;  // ids
};

struct replay_report *replay_report_new(struct engine *engine,
                                        const struct replay_scope *scope) {
  struct replay_report *report = mem_alloc(sizeof *report);
  report->engine = engine;
  report->scope = *scope;
  report->department = mem_copy_text(scope->department);
  report->pathway = scope->pathway ? mem_copy_text(scope->pathway) : NULL;
  return report;
}

void replay_report_free(struct replay_report *report) {
  if (!report) return;
  for (int i = 0; i < report->step_count; i++) {
    mem_free(report->steps[i].pathway);
    mem_free(report->steps[i].kind);
    mem_free(report->steps[i].name);
  }
  mem_free(report->steps);
  mem_free(report->department);
  mem_free(report->pathway);
  buf_deinit(&report->list);
  buf_deinit(&report->agreed);
  mem_free(report);
}

static bool same(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

static bool is_step(const struct step_counts *step, const struct run *run) {
  return same(step->name, run->name) && same(step->kind, run->kind) &&
         same(step->pathway, run->pathway);
}

// Runs of one step lie side by side: the last one is looked at first.
static struct step_counts *step_of(struct replay_report *report, const struct run *run) {
  if (report->step_count && is_step(&report->steps[report->last_step], run))
    return &report->steps[report->last_step];
  for (int i = 0; i < report->step_count; i++)
    if (is_step(&report->steps[i], run)) return &report->steps[report->last_step = i];
  size_t count = (size_t)report->step_count + 1;
  report->steps = mem_resize(report->steps, count * sizeof *report->steps);
  report->last_step = report->step_count++;
  report->steps[report->last_step] =
      (struct step_counts){.pathway = run->pathway ? mem_copy_text(run->pathway) : NULL,
                           .kind = mem_copy_text(run->kind),
                           .name = mem_copy_text(run->name)};
  return &report->steps[report->last_step];
}

static void list(struct replay_report *report, const struct run *run, uint32_t position,
                 const char *cause) {
  if (report->listed == REPLAY_LISTED) return;
  report->listed++;
  struct mapping map = mapping_begin(&report->list);
  mapping_text(&map, "cause", cause);
  mapping_text(&map, "day", run->day);
  mapping_text(&map, "kind", run->kind);
  mapping_text(&map, "name", run->name);
  mapping_text(&map, "pathway", run->pathway);
  mapping_int(&map, "patient", run->patient);
  mapping_int(&map, "position", position);
  mapping_int(&map, "run", run->id);
  mapping_int(&map, "version", run->bundle);
  mapping_end(&map);
}

static void diverged(struct replay_report *report, struct step_counts *step,
                     const struct run *run, uint32_t position, const char *cause) {
  report->counts.diverge++;
  step->diverge++;
  list(report, run, position, cause);
}

static void replay(struct replay_report *report, struct step_counts *step,
                   const struct run *run) {
  struct buf journal = {0}, flag = {0};
  struct turn_output out = {0};
  scripts_flag(report->engine->store, run, &flag);
  run_journal(report->engine->store, run, &journal);
  scripts_replay(report->bundle,
                 &(struct replaying){.run = run, .journal = &journal, .flag = &flag},
                 &out);
  if (out.end == TURN_BREACH) step->breaches++;
  if (out.end == TURN_STUCK || out.end == TURN_BREACH) {
    diverged(report, step, run, out.replayed + 1, buf_text(&out.cause));
  } else {
    report->counts.agree++;
    buf_put(&report->agreed, &run->id, sizeof run->id);
  }
  turn_output_deinit(&out);
  buf_deinit(&journal);
  buf_deinit(&flag);
}

static void look_at(struct replay_report *report, const struct run *run) {
  struct step_counts *step = step_of(report, run);
  report->counts.runs++;
  step->runs++;
  if (step->breaches == BREACHES)
    diverged(report, step, run, 1, "its step passes its limits again and again");
  else
    replay(report, step, run);
}

static bool look_at_row(struct replay_report *report, int64_t id) {
  struct run run;
  if (!run_load(report->engine->store, id, &run)) return false;
  bool wanted =
      (!report->pathway || same(report->pathway, run.pathway)) &&
      (!report->scope.version || report->scope.version != run.bundle) &&
      (!report->scope.version || !canary_follows_run(&report->engine->care, &run));
  if (wanted) look_at(report, &run);
  run_deinit(&run);
  return wanted;
}

bool replay_report_step(struct replay_report *report, int ms) {
  enum { LOOK = 64 };  // rows passed over between two looks at the clock
  int64_t until = clock_steady_ms() + ms;
  struct store *store = report->engine->store;
  bool more = true;
  int passed = 0;
  report->bundle =
      report->scope.bundle
          ? report->scope.bundle
          : engine_bundle(report->engine, report->department, report->scope.kept);
  if (!report->bundle) return false;  // the log says why
  store_begin_read(store);
  struct stmt *rows = store_query(
      store,
      "SELECT id FROM run INDEXED BY run_department WHERE department=?1 AND ended_at IS "
      "NULL AND id>?2 ORDER BY id",
      "ti", report->department, report->after);
  while ((passed % LOOK || clock_steady_ms() < until) && (more = stmt_row(rows))) {
    report->after = stmt_int(rows, 0);
    passed = look_at_row(report, report->after) ? 0 : passed + 1;
  }
  stmt_done(rows);
  store_end_read(store);
  return more;
}

struct replay_counts replay_report_counts(const struct replay_report *report) {
  return report->counts;
}

static void put_step(const struct step_counts *step, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "diverge", step->diverge);
  mapping_text(&map, "kind", step->kind);
  mapping_text(&map, "name", step->name);
  mapping_text(&map, "pathway", step->pathway);
  mapping_int(&map, "runs", step->runs);
  mapping_end(&map);
}

static void put_steps(const struct replay_report *report, struct buf *out) {
  size_t begun = value_begin_list(out);
  for (int i = 0; i < report->step_count; i++) put_step(&report->steps[i], out);
  value_end(out, begun, (uint32_t)report->step_count);
}

static void put_list(const struct replay_report *report, struct buf *out) {
  size_t begun = value_begin_list(out);
  buf_put(out, report->list.data, report->list.len);
  value_end(out, begun, (uint32_t)report->listed);
}

void replay_report_put(const struct replay_report *report, struct buf *out) {
  struct buf steps = {0}, listed = {0};
  struct value view;
  put_steps(report, &steps);
  put_list(report, &listed);
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "agree", report->counts.agree);
  mapping_int(&map, "diverge", report->counts.diverge);
  value_read(listed.data, listed.len, &view);
  mapping_value(&map, "list", &view);
  mapping_int(&map, "runs", report->counts.runs);
  value_read(steps.data, steps.len, &view);
  mapping_value(&map, "steps", &view);
  mapping_end(&map);
  buf_deinit(&steps);
  buf_deinit(&listed);
}

bool replay_report_next_agreed(const struct replay_report *report, size_t *at,
                               int64_t *run) {
  if ((*at + 1) * sizeof *run > report->agreed.len) return false;
  memcpy(run, report->agreed.data + *at * sizeof *run, sizeof *run);
  (*at)++;
  return true;
}
