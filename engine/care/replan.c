#include "care/replan.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/plan.h"

// One work: so many rows looked at or changed, or so long, and the loop goes on.
enum { LOOKED_AT = 4000, UNPLANNED = 1000, CHANGED = 500, SLICE_MS = 8 };
enum { REF = 1, KEY = -1 };

struct change {  // what a work found
  int64_t id, patient;
  int64_t drop, add;  // calls; 0: none
  bool own;           // its own row is to be set, or nothing is left of its plan
};

struct slice {
  struct change changes[CHANGED];
  int count, looked;
  int64_t at, ref;  // how far it came
  bool unplanned;   // among those with nothing ahead
  bool through;
  uint64_t round;
};

int64_t replan_cursor(const struct enrollment *enrollment, int64_t row_at) {
  int64_t past = enrollment->since, next = enrollment->next_at;
  if (strcmp(enrollment->status, "active")) return enrollment->kept_cursor;
  if (next && next <= past) past = next - 1;
  if (row_at && row_at <= past) past = row_at - 1;
  return past > enrollment->kept_cursor ? past : enrollment->kept_cursor;
}

// Only what is due and not met is looked through, and only for those whom the change has
// left untouched.
int64_t replan_cursor_now(struct care *care, const struct enrollment *enrollment) {
  if (enrollment->since <= enrollment->kept_cursor) return enrollment->kept_cursor;
  return replan_cursor(
      enrollment,
      store_int(care->store, 0,
                "SELECT min(at) FROM due WHERE class=5 AND at<=?2 AND kind=7 AND ref=?1",
                "ii", enrollment->id, kernel_now(care->kernel)));
}

static void go_on(struct care *care) {
  due_add(care->kernel, DUE_PLAN, kernel_now(care->kernel), WORK_REPLAN, REF, KEY);
}

// A change while another is being worked through begins the round anew; who was planned
// since the first keeps a cursor behind it.
void replan_begin(struct care *care, const char *department, int64_t at) {
  store_exec(care->store,
             "INSERT INTO replan (department, since, done) VALUES (?1,?2,0) ON CONFLICT "
             "(department) DO UPDATE SET since=CASE WHEN done THEN ?2 ELSE since END, "
             "done=0",
             "ti", department, at);
  go_on(care);
  care->replan.round++;
  care->replan.at = care->replan.ref = 0;
  care->replan.unplanned = false;
}

bool replan_busy(struct care *care, const char *department) {
  return store_int(
      care->store, 0,
      "SELECT 1 FROM replan WHERE done=0 AND (?1 IS NULL OR department=?1) LIMIT 1", "t",
      department);
}

// Who is due later than before is met at the old time, and told the new one then.
static void look_at(struct care *care, struct slice *slice,
                    const struct enrollment *enrollment, int64_t row_at) {
  struct change *change = &slice->changes[slice->count];
  int64_t next = plan_next(care, enrollment), own = enrollment->next_at;
  bool call = row_at != own;  // beside the enrollment's own row
  *change = (struct change){.id = enrollment->id, .patient = enrollment->patient};
  if (call && row_at != next) change->drop = row_at;
  if (next && next < own && next != row_at) change->add = next;
  change->own = own ? !next && !call : next != 0;
  if (change->drop || change->add || change->own) slice->count++;
}

static bool has_room(const struct slice *slice, int64_t until) {
  return slice->count < CHANGED && slice->looked < LOOKED_AT &&
         (slice->looked % 16 || clock_steady_ms() < until);
}

static void read_row(struct stmt *row, int64_t row_at, struct enrollment *out) {
  *out = (struct enrollment){.id = stmt_int(row, 1),
                             .patient = stmt_int(row, 2),
                             .enrolled_at = stmt_int(row, 3),
                             .anchor_at = stmt_int(row, 4),
                             .kept_cursor = stmt_int(row, 5),
                             .department = (char *)stmt_text(row, 6),
                             .pathway = (char *)stmt_text(row, 7),
                             .tier = (char *)stmt_text(row, 8),
                             .zone = (char *)stmt_text(row, 9),
                             .event = stmt_int(row, 12),
                             .encounter = stmt_int(row, 13),
                             .since = stmt_int(row, 10),
                             .next_at = stmt_int(row, 11),
                             .status = "active"};
  out->cursor_at = replan_cursor(out, row_at);
}

#define COLUMNS                                                              \
  "e.id, e.patient, e.enrolled_at, e.anchor_at, e.cursor_at, e.department, " \
  "e.pathway, e.tier, (SELECT zone FROM patient WHERE id=e.patient), "       \
  "replan.since, e.next_at, e.event, e.encounter"

// Rows of other departments are passed over, and count all the same.
static void look_planned(struct care *care, struct slice *slice, int64_t until) {
  struct stmt *row = store_query(
      care->store,
      "SELECT due.at, " COLUMNS
      " FROM due CROSS JOIN enrollment e ON e.id=due.ref LEFT "
      "JOIN replan ON replan.department=e.department AND done=0 AND e.status='active' "
      "WHERE due.class=5 AND "
      "due.kind=7 AND (due.at, due.kind, due.ref)>(?1, 7, ?2) ORDER BY due.at, due.kind, "
      "due.ref",
      "ii", slice->at, slice->ref);
  bool more = true;
  while (has_room(slice, until) && (more = stmt_row(row))) {
    struct enrollment enrollment;
    slice->looked++;
    slice->at = stmt_int(row, 0);
    slice->ref = stmt_int(row, 1);
    if (stmt_null(row, 10)) continue;
    read_row(row, slice->at, &enrollment);
    look_at(care, slice, &enrollment, slice->at);
  }
  stmt_done(row);
  if (more) return;
  slice->unplanned = true;
  slice->ref = 0;
}

// Their numbers alone are sorted: a hundred thousand cases have nothing ahead.
static void look_unplanned(struct care *care, struct slice *slice, int64_t until) {
  struct stmt *row = store_query(
      care->store,
      "SELECT 0, " COLUMNS
      " FROM (SELECT e.id AS id FROM replan CROSS JOIN enrollment e ON e.department="
      "replan.department WHERE done=0 AND e.status='active' AND e.next_at IS NULL AND "
      "e.id>?1 ORDER BY e.id LIMIT ?2) u CROSS JOIN enrollment e ON e.id=u.id JOIN "
      "replan "
      "ON replan.department=e.department ORDER BY u.id",
      "ii", slice->ref, (int64_t)UNPLANNED);
  bool more = true;
  int seen = 0;
  while (has_room(slice, until) && (more = stmt_row(row))) {
    struct enrollment enrollment;
    seen++;
    slice->looked++;
    slice->ref = stmt_int(row, 1);
    read_row(row, 0, &enrollment);
    look_at(care, slice, &enrollment, 0);
  }
  stmt_done(row);
  slice->through = !more && seen < UNPLANNED;
}

static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct slice *slice = work->prepared = mem_alloc(sizeof *slice);
  int64_t until = clock_steady_ms() + SLICE_MS;
  slice->at = care->replan.at;
  slice->ref = care->replan.ref;
  slice->unplanned = care->replan.unplanned;
  slice->round = care->replan.round;
  if (!slice->unplanned) look_planned(care, slice, until);
  if (slice->unplanned) look_unplanned(care, slice, until);
}

// What has nothing ahead gets its own row, and whose plan is empty is over, unless it
// still runs.
static void arm(struct care *care, const struct change *change) {
  struct enrollment enrollment;
  if (!enrollment_load(care->store, change->id, &enrollment)) return;
  if (!strcmp(enrollment.status, "active")) plan_advance(care, &enrollment);
  enrollment_deinit(&enrollment);
}

// A call that comes for nothing does nothing.
static void change(struct care *care, const struct change *what) {
  if (what->drop) due_remove(care->kernel, DUE_PLAN, what->drop, WORK_PLAN, what->id);
  if (what->add && !what->own)
    due_add(care->kernel, DUE_PLAN, what->add, WORK_PLAN, what->id, what->patient);
  else if (what->own)
    arm(care, what);
}

static void conclude(struct care *care) {
  struct replan *replan = &care->replan;
  store_exec(care->store, "UPDATE replan SET done=1 WHERE done=0", "");
  log_line(LOG_LEVEL_INFO, "bundle.replanned", "looked_at=%lld moved=%lld",
           (long long)replan->looked, (long long)replan->moved);
  replan->looked = replan->moved = replan->at = replan->ref = 0;
  replan->unplanned = false;
}

static void keep_place(struct replan *replan, const struct slice *slice) {
  replan->at = slice->at;
  replan->ref = slice->ref;
  replan->unplanned = slice->unplanned;
  replan->looked += slice->looked;
  replan->moved += slice->count;
  replan->moved_ever += (uint64_t)slice->count;
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct slice *slice = work->prepared;
  for (int i = 0; i < slice->count; i++) change(care, &slice->changes[i]);
  bool same = slice->round == care->replan.round;
  if (same) keep_place(&care->replan, slice);
  if (same && slice->through)
    conclude(care);
  else
    go_on(care);
}

static void refuse(void *self, struct work *work, const struct status *why) {
  (void)work, (void)why;  // the kernel logs it
  go_on(self);
}

static void release(void *self, struct work *work) {
  (void)self;
  mem_free(work->prepared);
}

void replan_handlers(struct care *care) {
  static const struct work_handler handler = {
      .prepare = prepare, .apply = apply, .refuse = refuse, .release = release};
  kernel_handle(care->kernel, WORK_REPLAN, &handler, care);
}
