#include "care/reconcile.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/attachment.h"
#include "care/mapping.h"
#include "care/reconcile_count.h"
#include "care/reconcile_fault.h"
#include "care/run_version.h"

enum { AT_MS = 150 * CIVIL_MINUTE_MS };  // 02:30
// Ids that one work looks at: some 10 ms of the loop, of which a million rows would take
// seconds. What a work found is kept for the next one with its commit.
enum { SLICE = 5000 };

struct night {                   // numbers alone
  int64_t from, end;             // ids looked at, to be looked at
  struct night_ids last, until;  // rows counted by the last night, by this one
  struct night_counts counts;
  int64_t newest[NIGHT_FAULTS];  // ids of the rows that are looked at
  struct night_fault faults[NIGHT_FAULTS];
};
enum { NUMBERS = sizeof(struct night) / sizeof(int64_t) };

static int64_t next_night(struct care *care) {
  const struct zone *zone = care_site_zone(care);
  int64_t now = kernel_now(care->kernel);
  int64_t day = civil_floor_div(zone_to_local(zone, now), CIVIL_DAY_MS), at = 0;
  for (int i = 0; at <= now; i++)
    at = zone_from_local(zone, (day + i) * CIVIL_DAY_MS + AT_MS);
  return at;
}

static void arm(struct care *care) {
  due_add(care->kernel, DUE_HOUSE, next_night(care), WORK_NIGHTLY, 0, 0);
}

int reconcile_arm(struct care *care, struct status *status) {
  if (store_int(care->store, 0, "SELECT 1 FROM due WHERE class=?1 AND kind=?2", "ii",
                (int64_t)DUE_HOUSE, (int64_t)WORK_NIGHTLY))
    return OK;
  if (store_begin(care->store, status)) return status->code;
  arm(care);
  return store_commit(care->store, status);
}

bool reconcile_last(struct care *care, struct buf *out) {
  struct stmt *row =
      store_query(care->store, "SELECT value FROM meta WHERE key='reconciliation'", "");
  size_t len = 0;
  const void *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) buf_put(out, bytes, len);
  stmt_done(row);
  return len > 0;
}

static int64_t id_of(const struct value *last, const char *key) {
  struct value id = value_field(last, key);
  return value_int_or(&id, 0);
}

// Where the work before this one stopped; false when there is nothing of it.
static bool resume(struct care *care, struct night *night) {
  struct stmt *row =
      store_query(care->store, "SELECT value FROM meta WHERE key='reconciling'", "");
  int64_t numbers[NUMBERS];
  struct value list = {0}, item;
  size_t len = 0, at = 0;
  const void *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) value_read(bytes, len, &list);
  struct value_iter iter = value_iterate(&list);
  while (at < NUMBERS && value_next(&iter, NULL, &item))
    numbers[at++] = value_int_or(&item, 0);
  stmt_done(row);
  if (at == NUMBERS) memcpy(night, numbers, sizeof *night);
  return at == NUMBERS;
}

// Of events, only what came since: nothing could be wrong with one.
static int64_t highest(const struct night *night) {
  int64_t most = night->until.event - night->last.event;
  if (night->until.skip > most) most = night->until.skip;
  for (int i = 0; i < NIGHT_FAULTS; i++)
    if (night->newest[i] > most) most = night->newest[i];
  return most;
}

static void begin(struct care *care, struct night *night) {
  struct buf bytes = {0};
  struct value last = {0};
  *night = (struct night){0};
  reconcile_ids(care, &night->until, night->newest);
  if (reconcile_last(care, &bytes)) value_read(bytes.data, bytes.len, &last);
  night->last = (struct night_ids){id_of(&last, "event"), id_of(&last, "enrollment"),
                                   id_of(&last, "run"), id_of(&last, "skip")};
  buf_deinit(&bytes);
  night->end = highest(night);
}

static int64_t within(int64_t id, int64_t least, int64_t most) {
  return id < least ? least : id > most ? most : id;
}

static void look(struct care *care, struct night *night) {
  int64_t from = night->from, to = from + SLICE;
  const struct night_ids *last = &night->last, *until = &night->until;
  struct night_part part = {
      .last = *last,
      .until = *until,
      .from = {.event = within(last->event + from, 0, until->event),
               .enrollment = within(last->enrollment, from, to),
               .run = within(last->run, from, to),
               .skip = within(last->skip, from, to)},
      .to = {.event = within(last->event + to, 0, until->event),
             .enrollment = within(until->enrollment, from, to),
             .run = within(until->run, from, to),
             .skip = within(until->skip, from, to)},
  };
  reconcile_count(care, &part, &night->counts);
  reconcile_find_faults(care, from, to, night->newest, night->faults);
  night->from = to;
}

static bool is_over(const struct night *night) { return night->from >= night->end; }

static void prepare(void *self, struct work *work) {
  struct night *night = work->prepared = mem_alloc(sizeof *night);
  if (!work->ref || !resume(self, night)) begin(self, night);
  look(self, night);
  if (is_over(night)) attachment_sweep(self);
}

// For the next work, or for the one after a crash.
static void go_on(struct care *care, const struct night *night) {
  int64_t numbers[NUMBERS];
  struct buf list = {0};
  size_t begun = value_begin_list(&list);
  memcpy(numbers, night, sizeof *night);
  for (int i = 0; i < NUMBERS; i++) value_put_int(&list, numbers[i]);
  value_end(&list, begun, NUMBERS);
  store_exec(care->store,
             "INSERT OR REPLACE INTO meta (key, value) VALUES ('reconciling', ?1)", "b",
             list.data, list.len);
  buf_deinit(&list);
  due_add(care->kernel, DUE_HOUSE, kernel_now(care->kernel), WORK_NIGHTLY, night->from,
          0);
}

static void keep(struct care *care, const struct night *night, int64_t faults) {
  const struct night_counts *counts = &night->counts;
  const struct {
    const char *key;
    int64_t number;
  } fields[] = {{"at", kernel_now(care->kernel)},
                {"attempted", counts->attempted},
                {"deaths", counts->deaths},
                {"discharges", counts->discharges},
                {"due", counts->due},
                {"eligible", counts->eligible},
                {"enrolled", counts->enrolled},
                {"enrollment", night->until.enrollment},
                {"event", night->until.event},
                {"faults", faults},
                {"listed", counts->listed},
                {"reached", counts->reached},
                {"readmitted", counts->readmitted},
                {"run", night->until.run},
                {"skip", night->until.skip},
                {"transfers", counts->transfers}};
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    mapping_int(&map, fields[i].key, fields[i].number);
  mapping_end(&map);
  store_exec(care->store,
             "INSERT OR REPLACE INTO meta (key, value) VALUES ('reconciliation', ?1)",
             "b", body.data, body.len);
  if (night->from > SLICE)
    store_exec(care->store, "DELETE FROM meta WHERE key='reconciling'", "");
  buf_deinit(&body);
}

static void tell(const struct night_counts *counts, int64_t faults,
                 const struct buf *reason) {
  log_line(faults ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "reconcile.done",
           "discharges=%lld deaths=%lld transfers=%lld readmitted=%lld listed=%lld "
           "eligible=%lld enrolled=%lld due=%lld attempted=%lld reached=%lld faults=%lld "
           "reason=\"%s\"",
           (long long)counts->discharges, (long long)counts->deaths,
           (long long)counts->transfers, (long long)counts->readmitted,
           (long long)counts->listed, (long long)counts->eligible,
           (long long)counts->enrolled, (long long)counts->due,
           (long long)counts->attempted, (long long)counts->reached, (long long)faults,
           buf_text(reason));
}

// Nothing is mended in silence: a fault here is one of the engine, and a person looks.
static void conclude(struct care *care, const struct night *night) {
  struct buf reason = {0};
  int64_t faults = reconcile_tell_faults(night->faults, &reason);
  keep(care, night, faults);
  arm(care);
  if (faults)
    alert_open(care, &(struct alert_spec){.department = "",
                                          .name = "reconciliation",
                                          .level = "urgent",
                                          .reason = reason.data,
                                          .escalation = ""});
  tell(&night->counts, faults, &reason);
  buf_deinit(&reason);
}

static void apply(void *self, struct work *work) {
  const struct night *night = work->prepared;
  run_version_prune(self, night->from - SLICE, night->from);
  if (is_over(night))
    conclude(self, night);
  else
    go_on(self, night);
}

static void refuse(void *self, struct work *work, const struct status *why) {
  (void)work, (void)why;  // the kernel logs it
  arm(self);
}

static void release(void *self, struct work *work) {
  (void)self;
  mem_free(work->prepared);
}

void reconcile_handlers(struct care *care) {
  static const struct work_handler handler = {
      .prepare = prepare, .apply = apply, .refuse = refuse, .release = release};
  kernel_handle(care->kernel, WORK_NIGHTLY, &handler, care);
}
