#include "care/case_recount.h"

#include "base/log.h"
#include "base/mem.h"
#include "care/case_clock_row.h"
#include "care/ids.h"

// One work: so many clocks changed, or looked at for so long, and the loop goes on.
enum { CHANGED = 200, SLICE_MS = 8, REF = 1, KEY = -2 };

struct recount_slice {
  char *department;
  int64_t changed[CHANGED];
  int count;
  int64_t looked, due_at, clock;  // how far it came
  uint64_t round;
  bool through;
};

static void go_on(struct care *care) {
  due_add(care->kernel, DUE_PLAN, kernel_now(care->kernel), WORK_RECOUNT, REF, KEY);
}

static void to_the_front(struct recount *recount) {
  recount->due_at = INT64_MIN;
  recount->clock = 0;
  recount->round++;
}

void case_recount_begin(struct care *care, const char *department) {
  store_exec(care->store,
             "INSERT INTO recount (department) VALUES (?1) ON CONFLICT DO NOTHING", "t",
             department);
  to_the_front(&care->recount);
  go_on(care);
}

static void look_at(struct care *care, struct recount_slice *slice, int64_t id) {
  struct case_clock clock;
  slice->looked++;
  if (case_clock_load(care, id, &clock) && case_clock_measure(care, &clock))
    slice->changed[slice->count++] = id;
  case_clock_drop(&clock);
}

static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct recount_slice *slice = work->prepared = mem_alloc(sizeof *slice);
  int64_t until = clock_steady_ms() + SLICE_MS;
  bool more = true;
  slice->department = store_text(care->store, "SELECT min(department) FROM recount", "");
  slice->due_at = care->recount.due_at;
  slice->clock = care->recount.clock;
  slice->round = care->recount.round;
  // Along the index of running clocks, whatever the planner thinks of the department's.
  struct stmt *row = store_query(
      care->store,
      "SELECT k.id, k.due_at FROM clock k CROSS JOIN case_file c USING (enrollment) WHERE"
      " k.ended_at IS NULL AND k.due_at IS NOT NULL AND (k.due_at, k.id)>(?1, ?2) AND"
      " c.department=?3 AND k.breached_at IS NULL ORDER BY k.due_at, k.id",
      "iit", slice->due_at, slice->clock, slice->department);
  while (slice->count < CHANGED && clock_steady_ms() < until && (more = stmt_row(row))) {
    slice->clock = stmt_int(row, 0);
    slice->due_at = stmt_int(row, 1);
    look_at(care, slice, slice->clock);
  }
  stmt_done(row);
  slice->through = !more;
}

static void change(struct care *care, int64_t id) {
  struct case_clock clock;
  if (case_clock_load(care, id, &clock)) case_clock_count(care, &clock);
  case_clock_drop(&clock);
}

static void conclude(struct care *care, const struct recount_slice *slice) {
  struct recount *recount = &care->recount;
  store_exec(care->store, "DELETE FROM recount WHERE department=?1", "t",
             slice->department);
  log_line(LOG_LEVEL_INFO, "clocks.recounted", "department=%s looked_at=%lld moved=%lld",
           slice->department ? slice->department : "none", (long long)recount->looked,
           (long long)recount->moved);
  recount->looked = recount->moved = 0;
  to_the_front(recount);
}

// What was looked at before a change of the calendar began the round anew counts for
// nothing.
static void apply(void *self, struct work *work) {
  struct care *care = self;
  const struct recount_slice *slice = work->prepared;
  struct recount *recount = &care->recount;
  if (slice->round == recount->round) {
    for (int i = 0; i < slice->count; i++) change(care, slice->changed[i]);
    recount->due_at = slice->due_at;
    recount->clock = slice->clock;
    recount->looked += slice->looked;
    recount->moved += slice->count;
    if (slice->through) conclude(care, slice);
  }
  if (store_int(care->store, 0, "SELECT 1 FROM recount LIMIT 1", "")) go_on(care);
}

static void refuse(void *self, struct work *work, const struct status *why) {
  (void)work, (void)why;  // the kernel logs it
  go_on(self);
}

static void release(void *self, struct work *work) {
  struct recount_slice *slice = work->prepared;
  (void)self;
  if (slice) mem_free(slice->department);
  mem_free(slice);
}

void case_recount_handlers(struct care *care) {
  static const struct work_handler handler = {
      .prepare = prepare, .apply = apply, .refuse = refuse, .release = release};
  to_the_front(&care->recount);
  kernel_handle(care->kernel, WORK_RECOUNT, &handler, care);
}
