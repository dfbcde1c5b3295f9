#include "care/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "care/ids.h"

struct arming {
  struct care *care;
  const char *department;
};

static int64_t after(const struct arming *arming, const struct value *text,
                     int64_t base) {
  struct care *care = arming->care;
  struct status status = {0};
  struct span span;
  int64_t at = 0;
  char *copy = value_copy_text(text);
  if (!copy || span_parse(copy, &span, &status) ||
      span_add(base, &span, care_zone(care, arming->department), NULL, &at, &status))
    at = 0;
  free(copy);
  return at;
}

// The first of the times after base; 0: none.
static int64_t first_of(const struct arming *arming, const struct value *times,
                        int64_t base) {
  struct value_iter iter = value_iterate(times);
  struct value item;
  int64_t first = 0, at;
  while (value_next(&iter, NULL, &item)) {
    at = after(arming, &item, base);
    if (at && (!first || at < first)) first = at;
  }
  return first;
}

int64_t job_next(struct care *care, const char *department, const char *name,
                 int64_t base) {
  struct arming arming = {care, department};
  struct value body = catalog_find(care->catalog, department, "job", name),
               times = value_field(&body, "at");
  return first_of(&arming, &times, base);
}

static char *rhythm_of(const struct arming *arming, const struct value *times) {
  const char *zone = catalog_zone(arming->care->catalog, arming->department);
  struct value_iter iter = value_iterate(times);
  struct value item;
  struct buf out = {0};
  buf_puts(&out, zone ? zone : "");
  while (value_next(&iter, NULL, &item)) {
    buf_puts(&out, "; ");
    if (item.kind == VALUE_TEXT) buf_put(&out, item.text.data, item.text.len);
  }
  return buf_take(&out);
}

void job_plan(struct care *care, int64_t job, int64_t at) {
  store_exec(care->store, "UPDATE job SET next_at=?2 WHERE id=?1", "ii", job, at);
  if (at) due_add(care->kernel, DUE_PLAN, at, WORK_JOB, job, -job);
}

static void unplan(struct care *care, int64_t job) {
  int64_t at = store_int(care->store, 0, "SELECT next_at FROM job WHERE id=?1", "i", job);
  due_remove(care->kernel, DUE_PLAN, at, WORK_JOB, job);
}

static void arm_one(void *self, const char *name, const struct value *body) {
  const struct arming *arming = self;
  struct store *store = arming->care->store;
  struct value times = value_field(body, "at");
  int64_t next = first_of(arming, &times, kernel_now(arming->care->kernel));
  char *rhythm = rhythm_of(arming, &times);
  int64_t same = store_int(
      store, 0, "SELECT id FROM job WHERE department=?1 AND name=?2 AND rhythm=?3", "ttt",
      arming->department, name, rhythm);
  int64_t id = store_int(store, 0, "SELECT id FROM job WHERE department=?1 AND name=?2",
                         "tt", arming->department, name);
  if (id && !same) {
    unplan(arming->care, id);
    store_exec(store, "UPDATE job SET rhythm=?2 WHERE id=?1", "it", id, rhythm);
  } else if (!id) {
    store_exec(store,
               "INSERT INTO job (department, name, rhythm, next_at) VALUES (?1,?2,?3,?4)",
               "ttti", arming->department, name, rhythm, next);
    id = store_last_id(store);
  }
  if (!same) job_plan(arming->care, id, next);
  free(rhythm);
}

// Its state is kept for when the scripts have it again, as long as what its runs did.
static void disarm_one(struct care *care, int64_t job) {
  unplan(care, job);
  store_exec(care->store, "UPDATE job SET next_at=0, rhythm='' WHERE id=?1", "i", job);
  if (store_int(care->store, 0, "SELECT max(at) FROM job_run WHERE job=?1", "i", job) >
      kernel_now(care->kernel) - JOB_KEPT_MS)
    return;
  store_exec(care->store, "DELETE FROM job_run WHERE job=?1", "i", job);
  store_exec(care->store, "DELETE FROM job WHERE id=?1", "i", job);
}

// Those that the scripts have no more.
static void disarm(const struct arming *arming) {
  struct care *care = arming->care;
  struct ids ids = ids_read(store_query(
      care->store, "SELECT id FROM job WHERE department=?1", "t", arming->department));
  struct value all = catalog_definitions(care->catalog, arming->department),
               jobs = value_field(&all, "job");
  for (int64_t id; ids_next(&ids, &id);) {
    struct stmt *row =
        store_query(care->store, "SELECT name FROM job WHERE id=?1", "i", id);
    bool kept = stmt_row(row) && value_field(&jobs, stmt_text(row, 0)).kind != VALUE_NIL;
    stmt_done(row);
    if (!kept) disarm_one(care, id);
  }
}

int job_arm(struct care *care, const char *department, struct status *status) {
  struct arming arming = {care, department};
  struct value all = catalog_definitions(care->catalog, department),
               jobs = value_field(&all, "job");
  bool had =
      store_int(care->store, 0, "SELECT 1 FROM job WHERE department=?1", "t", department);
  if (!had && !value_count(&jobs)) return OK;
  if (store_begin(care->store, status)) return status->code;
  disarm(&arming);
  catalog_each(care->catalog, department, "job", arm_one, &arming);
  return store_commit(care->store, status);
}

struct arming_all {
  struct care *care;
  struct status *status;
  int code;
};

static void arm_department(void *self, const char *department) {
  struct arming_all *all = self;
  if (!all->code) all->code = job_arm(all->care, department, all->status);
}

int job_arm_all(struct care *care, struct status *status) {
  struct arming_all all = {care, status, OK};
  catalog_each_department(care->catalog, arm_department, &all);
  return all.code;
}
