#include "care/quality.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/row_time.h"
#include "care/task.h"

enum { ONE_IN = 20, SHORT_MS = 40000, SAME = 3, SAME_ITEMS = 4, OPEN_DAYS = 120 };

struct draw {
  struct care *care;
  char staff[STAFF_SIZE];
  char *department, *month, *role, *form;  // owned
  int64_t from, to;
  bool has_exchange;  // calls of this month are on its record
  int64_t sampled, suspected;
};

struct work_done {  // a task that was done
  int64_t task;
  char *who, mark[65];  // mark: its place in the lot
  const char *why;
  bool reply, known;  // known: drawn already
};

// --- the month

static int read_month(struct draw *draw, struct status *status) {
  int64_t days;
  struct civil civil = {0};
  char day[16];
  const struct zone *zone = care_zone(draw->care, draw->department);
  if (!draw->month || strlen(draw->month) != 7 ||
      snprintf(day, sizeof day, "%s-01", draw->month) != 10 ||
      !civil_parse_date(day, 10, &days))
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

// Said to be done, and nothing shows that it was; or the same words for everybody.
static const char *suspicion(struct draw *draw, struct stmt *row) {
  if (!stmt_int(row, 3)) return NULL;  // not by telephone
  if (!stmt_null(row, 4) && stmt_int(row, 4) * 1000 < SHORT_MS) return "short";
  if (stmt_null(row, 4) && draw->has_exchange) return "no-record";
  return stmt_int(row, 5) >= SAME ? "same-answers" : NULL;
}

static void add_work(struct draw *draw, struct stmt *row, struct buf *out) {
  struct buf text = {0};
  const struct result_code *code = result_code_find(stmt_text(row, 2));
  if (!code || !code->spoke) return;
  struct work_done work = {.task = stmt_int(row, 0),
                           .who = mem_copy_text(stmt_text(row, 1)),
                           .why = suspicion(draw, row),
                           .reply = !stmt_int(row, 3),
                           .known = stmt_int(row, 6) != 0};
  buf_printf(&text, "%s/%lld", draw->month, (long long)work.task);
  digest_sha256(text.data, text.len, work.mark);
  buf_put(out, &work, sizeof work);
  buf_deinit(&text);
}

// Answers of one person to one form that are the same to the last item; short forms are
// the same by themselves.
#define SAME_ANSWERS                                                                 \
  "(SELECT count(*) FROM task o JOIN answer b ON b.id=o.answer WHERE o.id<>t.id AND" \
  " o.id>=?1 AND o.id<?2 AND o.closed_by=t.closed_by AND b.form=a.form AND"          \
  " b.body=a.body AND length(a.body)>?6)"

static void list_work(struct draw *draw, struct buf *out) {
  struct store *store = draw->care->store;
  int64_t first =
              row_at(store, ROWS_TASK, draw->from - OPEN_DAYS * (int64_t)CIVIL_DAY_MS),
          end = row_at(store, ROWS_TASK, draw->to);
  struct stmt *row = store_query(
      store,
      "SELECT t.id, t.closed_by, t.code, NOT EXISTS (SELECT 1 FROM case_file WHERE"
      " enrollment=t.enrollment), (SELECT max(coalesce(seconds, 0)) FROM dial WHERE"
      " task=t.id AND status='answered'), " SAME_ANSWERS
      ", EXISTS (SELECT 1 FROM quality_sample q WHERE q.ref=t.id)"
      " FROM task t LEFT JOIN answer a ON a.id=t.answer WHERE t.id>=?1 AND t.id<?2 AND"
      " t.department=?3 AND t.status='done' AND t.closed_at>=?4 AND t.closed_at<?5 AND"
      " t.patient IS NOT NULL AND t.name<>'quality' AND t.form IS NOT NULL",
      "iitiii", first, end, draw->department, draw->from, draw->to,
      (int64_t)SAME_ITEMS * 8);
  while (stmt_row(row)) add_work(draw, row, out);
  stmt_done(row);
}

// --- whose work is heard

static int by_lot(const void *a, const void *b) {
  const struct work_done *x = a, *y = b;
  int order = strcmp(x->who, y->who);
  if (!order) order = x->reply - y->reply;
  return order ? order : strcmp(x->mark, y->mark);
}

static void sample(struct draw *draw, const struct work_done *work, const char *why) {
  struct care *care = draw->care;
  struct status status = {0};
  struct buf note = {0};
  buf_printf(&note, "%s %s: %s", work->reply ? "答复" : "电话", work->who, why);
  int64_t task = task_open(
      care,
      &(struct task_spec){
          .patient = store_int(care->store, 0, "SELECT patient FROM task WHERE id=?1",
                               "i", work->task),
          .department = draw->department,
          .name = "quality",
          .role = draw->role,
          .form = draw->form,
          .note = note.data,
          .due_at = task_due(care, draw->department, draw->role, "5bd", &status)});
  store_exec(care->store,
             "INSERT INTO quality_sample (month, what, ref, who, why, task, at, by_who)"
             " VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
             "ttittiit", draw->month, work->reply ? "reply" : "call", work->task,
             work->who, why, task, kernel_now(care->kernel), draw->staff);
  buf_deinit(&note);
}

// One in twenty of all that the person did in the month, whatever was drawn before.
static void draw_lot(struct draw *draw, const struct work_done *list, size_t count) {
  size_t wanted = (count + ONE_IN - 1) / ONE_IN;
  for (size_t i = 0; i < count; i++) {
    if (list[i].known || (i >= wanted && !list[i].why)) continue;
    sample(draw, &list[i], list[i].why ? list[i].why : "sample");
    draw->sampled += !list[i].why;
    draw->suspected += list[i].why != NULL;
  }
}

static void draw_all(struct draw *draw) {
  struct buf bytes = {0};
  list_work(draw, &bytes);
  struct work_done *list = (struct work_done *)(void *)bytes.data;
  size_t count = bytes.len / sizeof *list;
  if (count) qsort(list, count, sizeof *list, by_lot);
  for (size_t at = 0; at < count;) {
    size_t end = at + 1;
    while (end < count && !strcmp(list[end].who, list[at].who) &&
           list[end].reply == list[at].reply)
      end++;
    draw_lot(draw, list + at, end - at);
    at = end;
  }
  for (size_t i = 0; i < count; i++) mem_free(list[i].who);
  buf_deinit(&bytes);
}

// --- asked for

static int read_draw(struct draw *draw, const struct value *body, struct status *status) {
  if (field_staff(body, draw->staff, status) ||
      field_text(body, "department", 60, &draw->department, status) ||
      field_text(body, "month", 10, &draw->month, status) ||
      field_text(body, "role", 60, &draw->role, status) ||
      field_text(body, "form", 60, &draw->form, status))
    return status->code;
  if (!draw->department || !draw->role)
    return status_fail(status, ERR_INVALID, "field \"%s\" is missing",
                       draw->department ? "role" : "department");
  if (draw->form &&
      catalog_find(draw->care->catalog, draw->department, "form", draw->form).kind ==
          VALUE_NIL)
    return status_fail(status, ERR_INVALID,
                       "field \"form\": the department has no form '%s'", draw->form);
  return read_month(draw, status);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct draw draw = {.care = self};
  int code = read_draw(&draw, &row->body, status);
  if (!code) {
    draw.has_exchange = store_int(draw.care->store, 0,
                                  "SELECT 1 FROM dial WHERE at>=?1 AND at<?2 LIMIT 1",
                                  "ii", draw.from, draw.to) != 0;
    draw_all(&draw);
    struct mapping map = mapping_begin(&row->result);
    mapping_int(&map, "sampled", draw.sampled);
    mapping_int(&map, "status", 200);
    mapping_int(&map, "suspected", draw.suspected);
    mapping_end(&map);
  }
  char *const owned[] = {draw.department, draw.month, draw.role, draw.form};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
  return code;
}

void quality_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "quality.draw", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
