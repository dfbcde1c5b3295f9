#include "care/quality_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/row_time.h"
#include "care/task.h"

enum { ONE_IN = 20, SHORT_SECONDS = 40, SAME = 4, SAME_ITEMS = 4, OPEN_DAYS = 120 };

struct work_done {  // a task that was done
  int64_t task;
  char *who, *role, mark[65];  // mark: its place in the lot
  char said[65];               // digest of its answers; "": too few to tell by
  bool reply, known;           // known: drawn already
  bool dialled, talked;        // the exchange was asked for it; may have connected it
  int64_t seconds;             // -1: not on record
  bool same;                   // its answers are those of others
};

// --- the month

int quality_month(struct quality_draw *draw, const char *month, struct status *status) {
  int64_t days;
  struct civil civil = {0};
  char day[16];
  const struct zone *zone = care_zone(draw->care, draw->department);
  struct civil now = civil_of_local(zone_to_local(zone, kernel_now(draw->care->kernel)));
  if (month && snprintf(draw->month, sizeof draw->month, "%s", month) != 7)
    draw->month[0] = 0;
  if (!month)
    snprintf(draw->month, sizeof draw->month, "%04d-%02d",
             (int)now.year - (now.month == 1), now.month == 1 ? 12 : now.month - 1);
  snprintf(day, sizeof day, "%s-01", draw->month);
  if (!civil_parse_date(day, strlen(day), &days))
    return status_fail(status, ERR_INVALID,
                       "field \"month\" must be a month, such as 2026-10");
  civil_set_days(&civil, days);
  draw->from = zone_ms(zone, &civil);
  int64_t next = civil_days(civil.year + (civil.month == 12), civil.month % 12 + 1, 1);
  civil_set_days(&civil, next);
  draw->to = zone_ms(zone, &civil);
  return OK;
}

// --- what was done

// Short forms are the same by themselves.
static void digest_answers(struct stmt *row, char out[65]) {
  size_t len = 0;
  const char *body = stmt_null(row, 8) ? NULL : stmt_bytes(row, 8, &len);
  struct value values;
  out[0] = 0;
  if (!body || !value_read(body, len, &values) || value_count(&values) < SAME_ITEMS)
    return;
  struct buf text = {0};
  buf_printf(&text, "%s/", stmt_text(row, 9));
  buf_put(&text, body, len);
  digest_sha256(text.data, text.len, out);
  buf_deinit(&text);
}

static void add_work(struct quality_draw *draw, struct stmt *row, struct buf *out) {
  struct buf text = {0};
  const struct result_code *code = result_code_find(stmt_text(row, 3));
  if (!code || !code->spoke) return;
  struct work_done work = {.task = stmt_int(row, 0),
                           .who = mem_copy_text(stmt_text(row, 1)),
                           .role = mem_copy_text(stmt_text(row, 2)),
                           .reply = stmt_int(row, 4) != 0,
                           .dialled = stmt_int(row, 5) > 0,
                           .talked = stmt_int(row, 6) > 0,
                           .seconds = stmt_null(row, 7) ? -1 : stmt_int(row, 7),
                           .known = stmt_int(row, 10) != 0};
  digest_answers(row, work.said);
  buf_printf(&text, "%s/%lld", draw->month, (long long)work.task);
  digest_sha256(text.data, text.len, work.mark);
  buf_put(out, &work, sizeof work);
  buf_deinit(&text);
}

// An answer to a case needs no patient: who sent it may be nobody.
static void list_work(struct quality_draw *draw, struct buf *out) {
  struct store *store = draw->care->store;
  int64_t first =
              row_at(store, ROWS_TASK, draw->from - OPEN_DAYS * (int64_t)CIVIL_DAY_MS),
          end = row_at(store, ROWS_TASK, draw->to);
  struct stmt *row = store_query(
      store,
      "SELECT t.id, t.closed_by, t.role, t.code, f.enrollment IS NOT NULL, (SELECT"
      " count(*) FROM dial WHERE task=t.id), (SELECT count(*) FROM dial WHERE task=t.id"
      " AND status IN ('answered','in_flight','accepted','unknown')), (SELECT"
      " max(seconds) FROM dial WHERE task=t.id AND status='answered'), a.body, a.form,"
      " EXISTS (SELECT 1 FROM quality_sample q WHERE q.ref=t.id) FROM task t LEFT JOIN"
      " answer a ON a.id=t.answer LEFT JOIN case_file f ON f.enrollment=t.enrollment"
      " WHERE t.id>=?1 AND t.id<?2 AND t.department=?3 AND t.status='done' AND"
      " t.closed_at>=?4 AND t.closed_at<?5 AND (t.patient IS NOT NULL OR f.enrollment IS"
      " NOT NULL) AND t.form IS NOT NULL AND NOT EXISTS (SELECT 1 FROM quality_sample q"
      " WHERE q.task=t.id)",
      "iitii", first, end, draw->department, draw->from, draw->to);
  while (stmt_row(row)) add_work(draw, row, out);
  stmt_done(row);
}

// --- what looks as if it never was

static int by_said(const void *a, const void *b) {
  const struct work_done *x = a, *y = b;
  int order = strcmp(x->who, y->who);
  return order ? order : strcmp(x->said, y->said);
}

static void mark_same(struct work_done *list, size_t count) {
  for (size_t at = 0, end; at < count; at = end) {
    for (end = at + 1; end < count && !by_said(&list[at], &list[end]);) end++;
    for (size_t i = at; i < end; i++)
      list[i].same = *list[i].said && end - at >= (size_t)SAME;
  }
}

// A post whose calls go through the exchange; others visit, or have no telephone there.
static bool uses_exchange(const struct work_done *list, size_t count, const char *role) {
  for (size_t i = 0; i < count; i++)
    if (list[i].dialled && !strcmp(list[i].role, role)) return true;
  return false;
}

// Said to be done, and nothing shows that it was; or the same words for everybody.
static const char *suspicion(const struct work_done *work, const struct work_done *list,
                             size_t count) {
  if (work->reply) return NULL;  // not by telephone
  if (work->seconds >= 0 && work->seconds < SHORT_SECONDS) return "short";
  if (!work->talked && uses_exchange(list, count, work->role)) return "no-record";
  return work->same ? "same-answers" : NULL;
}

// --- whose work is heard

static int by_lot(const void *a, const void *b) {
  const struct work_done *x = a, *y = b;
  int order = strcmp(x->who, y->who);
  if (!order) order = x->reply - y->reply;
  return order ? order : strcmp(x->mark, y->mark);
}

// Of whom nobody may ring again: the dead, the disputed, who refused (0).
static int64_t may_be_rung(struct store *store, const struct work_done *work) {
  if (work->reply) return 0;
  return store_int(store, 0,
                   "SELECT p.id FROM task t JOIN patient p ON p.id=t.patient WHERE"
                   " t.id=?1 AND died_at IS NULL AND disputed_at IS NULL AND NOT EXISTS"
                   " (SELECT 1 FROM contact c WHERE c.patient=p.id AND c.person=p.id AND"
                   " c.opted_out_at IS NOT NULL)",
                   "i", work->task);
}

static void put_note(struct store *store, const struct work_done *work, const char *why,
                     int64_t patient, struct buf *out) {
  char *number = work->reply
                     ? store_text(store,
                                  "SELECT number FROM case_file WHERE enrollment=(SELECT"
                                  " enrollment FROM task WHERE id=?1)",
                                  "i", work->task)
                     : NULL;
  buf_printf(out, "%s %s: %s", work->reply ? "答复" : "电话", work->who, why);
  if (number) buf_printf(out, "；诉求编号 %s", number);
  if (!work->reply && !patient) buf_puts(out, "；不回拨患者，只查记录和录音");
  mem_free(number);
}

static int64_t open_task(struct quality_draw *draw, const struct work_done *work,
                         const char *why) {
  struct care *care = draw->care;
  struct status status = {0};
  struct buf note = {0}, name = {0};
  int64_t patient = may_be_rung(care->store, work);
  put_note(care->store, work, why, patient, &note);
  buf_printf(&name, "quality-%.8s", work->mark);
  int64_t task = task_open(
      care, &(struct task_spec){
                .patient = patient,
                .department = draw->department,
                .name = name.data,
                .role = draw->role,
                .form = work->reply && draw->reply_form ? draw->reply_form : draw->form,
                .note = note.data,
                .due_at = task_due(care, draw->department, draw->role,
                                   draw->due ? draw->due : "5bd", &status)});
  buf_deinit(&note);
  buf_deinit(&name);
  return task;
}

static void sample(struct quality_draw *draw, const struct work_done *work,
                   const char *why) {
  struct care *care = draw->care;
  int64_t task = open_task(draw, work, why);
  store_exec(care->store,
             "INSERT INTO quality_sample (month, what, ref, who, why, task, at, by_who)"
             " VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
             "ttittiit", draw->month, work->reply ? "reply" : "call", work->task,
             work->who, why, task, kernel_now(care->kernel), draw->staff);
}

// One in twenty of all that the person did in the month, whatever was drawn before.
static void draw_lot(struct quality_draw *draw, const struct work_done *lot, size_t count,
                     const struct work_done *all, size_t of) {
  size_t wanted = (count + ONE_IN - 1) / ONE_IN;
  for (size_t i = 0; i < count; i++) {
    const char *why = lot[i].known ? NULL : suspicion(&lot[i], all, of);
    if (lot[i].known || (i >= wanted && !why)) continue;
    sample(draw, &lot[i], why ? why : "sample");
    draw->sampled += !why;
    draw->suspected += why != NULL;
  }
}

void quality_draw_all(struct quality_draw *draw) {
  struct buf bytes = {0};
  list_work(draw, &bytes);
  struct work_done *list = (struct work_done *)(void *)bytes.data;
  size_t count = bytes.len / sizeof *list;
  if (count) qsort(list, count, sizeof *list, by_said);
  mark_same(list, count);
  if (count) qsort(list, count, sizeof *list, by_lot);
  for (size_t at = 0, end; at < count; at = end) {
    for (end = at + 1; end < count && !strcmp(list[end].who, list[at].who) &&
                       list[end].reply == list[at].reply;)
      end++;
    draw_lot(draw, list + at, end - at, list, count);
  }
  for (size_t i = 0; i < count; i++) {
    mem_free(list[i].who);
    mem_free(list[i].role);
  }
  buf_deinit(&bytes);
}
