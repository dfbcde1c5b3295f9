#include "care/skip.h"

#include <stdio.h>
#include <string.h>

#include "base/known.h"
#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/message_decide.h"
#include "care/plan.h"

enum { STEP_MOST = 200, NOTE_MOST = 1000, LOOKED_AT = 2000, DAYS_NAMED = 12 };
// Of those that the plan has not come to yet.
#define AHEAD \
  "(day='" SKIP_ALL "' OR due_at>(SELECT cursor_at FROM enrollment WHERE id=?1))"
#define THIS "enrollment=?1 AND step=?2 AND day IN (?3,'" SKIP_ALL "')"

bool skip_any(struct store *store, int64_t enrollment) {
  return store_int(store, 0, "SELECT 1 FROM skip_ahead WHERE enrollment=?1 LIMIT 1", "i",
                   enrollment) != 0;
}

bool skip_has(struct store *store, int64_t enrollment, const char *step,
              const char *day) {
  return store_int(store, 0, "SELECT 1 FROM skip_ahead WHERE " THIS " LIMIT 1", "itt",
                   enrollment, step, day) != 0;
}

bool skip_meet(struct store *store, int64_t enrollment, const char *step, const char *day,
               int64_t due_at, char reason[SKIP_REASON]) {
  struct stmt *row =
      store_query(store, "SELECT reason FROM skip_ahead WHERE " THIS " ORDER BY day DESC",
                  "itt", enrollment, step, day);
  bool found = stmt_row(row);
  if (found) snprintf(reason, SKIP_REASON, "%s", stmt_text(row, 0));
  stmt_done(row);
  if (found)
    store_exec(store,
               "UPDATE skip_ahead SET due_at=?4 WHERE enrollment=?1 AND step=?2 AND"
               " day=?3",
               "itti", enrollment, step, day, due_at);
  return found;
}

struct wish {  // what a person wants; texts owned
  struct care *care;
  struct enrollment enrollment;
  char staff[STAFF_SIZE];
  char *step, *day, *reason, *note;  // day and note may be NULL
};

static int wish_load(struct wish *wish, int64_t id, struct status *status) {
  if (!enrollment_load(wish->care->store, id, &wish->enrollment))
    return status_fail(status, ERR_NOT_FOUND, "there is no such enrollment");
  if (!strcmp(wish->enrollment.status, "ended"))
    return status_fail(status, ERR_CONFLICT,
                       "this enrollment has ended: nothing is ahead");
  return OK;
}

static int wish_read(struct care *care, const struct value *body, struct wish *out,
                     struct status *status) {
  int64_t id = 0;
  *out = (struct wish){.care = care};
  if (field_id(body, "enrollment", &id, status) ||
      field_staff(body, out->staff, status) ||
      field_text(body, "step", STEP_MOST, &out->step, status) ||
      field_text(body, "day", SCHEDULE_KEY, &out->day, status) ||
      field_text(body, "reason", NOTE_MOST, &out->reason, status) ||
      field_text(body, "note", NOTE_MOST, &out->note, status))
    return status->code;
  if (!out->step || !*out->step)
    return status_fail(status, ERR_INVALID,
                       "field \"step\" is missing; give the id of a step ahead");
  return wish_load(out, id, status);
}

static void wish_deinit(struct wish *wish) {
  enrollment_deinit(&wish->enrollment);
  mem_free(wish->step);
  mem_free(wish->day);
  mem_free(wish->reason);
  mem_free(wish->note);
}

static int check_step(const struct wish *wish, struct status *status) {
  struct plan plan;
  struct known known;
  struct buf text = {0};
  plan_init(wish->care, &wish->enrollment, &plan);
  known_start(&known, "step", wish->step);
  for (size_t i = 0; plan.schedule && i < plan.schedule->count; i++)
    known_offer(&known, plan.schedule->steps[i].id);
  known_put(&known, &text);
  if (!known.found) status_fail(status, ERR_NOT_FOUND, "%s", buf_text(&text));
  known_deinit(&known);
  buf_deinit(&text);
  return status->code;
}

static bool is_all(const char *day) { return day && !strcmp(day, SKIP_ALL); }

static const char *said(const char *day) { return is_all(day) ? "every day" : day; }

struct search {  // the days of one step that are ahead
  struct schedule_occurrence found;
  int count;
  bool sure;        // found is the one that was meant
  struct buf days;  // the first ones, for people
};

static void search(const struct wish *wish, struct search *out) {
  struct ahead ahead;
  struct schedule_occurrence next;
  *out = (struct search){0};
  plan_ahead(wish->care, &wish->enrollment, &ahead);
  for (int i = 0; i < LOOKED_AT && plan_ahead_next(wish->care, &ahead, &next); i++) {
    if (strcmp(ahead.plan.schedule->steps[next.step].id, wish->step)) continue;
    if (out->count++ < DAYS_NAMED)
      buf_printf(&out->days, "%s%s", out->count > 1 ? ", " : "", next.key);
    bool named = wish->day && !strcmp(next.key, wish->day);
    if (named || out->count == 1) out->found = next;
    out->sure |= named;
  }
  if (out->count > DAYS_NAMED) buf_puts(&out->days, " …");
  if (!wish->day) out->sure = out->count == 1;
  if (is_all(wish->day)) out->sure = out->count > 0;
}

// By a person, and not met yet; day NULL: any.
static struct stmt *skipped_ahead(const struct wish *wish, bool or_all) {
  return store_query(wish->care->store,
                     "SELECT day, staff, reason FROM skip_ahead WHERE enrollment=?1 AND"
                     " step=?2 AND (?3 IS NULL OR day=?3 OR ?4 AND day='" SKIP_ALL
                     "') AND " AHEAD " ORDER BY day",
                     "itti", wish->enrollment.id, wish->step, wish->day, (int64_t)or_all);
}

static bool refuse_skipped(const struct wish *wish, struct status *status) {
  struct stmt *row = skipped_ahead(wish, true);
  bool found = stmt_row(row);
  if (found)
    status_fail(status, ERR_CONFLICT, "%s of %s is skipped already, by %s: %s",
                wish->step, said(stmt_text(row, 0)), stmt_text(row, 1),
                stmt_text(row, 2));
  stmt_done(row);
  return found;
}

static bool has_begun(const struct wish *wish) {
  return store_int(wish->care->store, 0,
                   "SELECT 1 FROM run WHERE enrollment=?1 AND name=?2 AND day=?3", "itt",
                   wish->enrollment.id, wish->step, wish->day) != 0;
}

// Why there is none that could be meant.
static int refuse(const struct wish *wish, const struct search *search,
                  struct status *status) {
  const char *step = wish->step, *day = wish->day, *days = buf_text(&search->days);
  if (!day && search->count)
    return status_fail(status, ERR_CONFLICT, "%s is ahead on %d days: name one, %s", step,
                       search->count, days);
  if (refuse_skipped(wish, status)) return status->code;
  if (!day || is_all(day))
    return status_fail(status, ERR_CONFLICT,
                       "%s has begun, or its hour has passed: nothing of it is ahead",
                       step);
  if (has_begun(wish))
    return status_fail(status, ERR_CONFLICT,
                       "%s of %s has begun: what of it waits is among the runs", step,
                       day);
  return search->count
             ? status_fail(status, ERR_CONFLICT,
                           "%s of %s is not ahead: it is ahead on %s", step, day, days)
             : status_fail(status, ERR_CONFLICT,
                           "%s of %s is not ahead: nothing of this step is", step, day);
}

static void tell(struct inbox_row *row, const struct wish *wish, const char *day) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "day", said(day));
  mapping_int(&map, "status", 200);
  mapping_text(&map, "step", wish->step);
  mapping_end(&map);
}

static void audit(const struct wish *wish, const char *action, const char *day,
                  const char *reason) {
  struct buf detail = {0};
  char object[40];
  snprintf(object, sizeof object, "enrollment:%lld", (long long)wish->enrollment.id);
  buf_printf(&detail, "%s of %s%s%s", wish->step, said(day), reason ? ": " : "",
             reason ? reason : "");
  care_audit(wish->care, wish->staff, action, object, buf_text(&detail));
  buf_deinit(&detail);
}

static void keep(const struct wish *wish, const char *day,
                 const struct schedule_occurrence *found) {
  store_exec(
      wish->care->store,
      "INSERT INTO skip_ahead (enrollment, step, day, due_at, reason, staff, at, note)"
      " VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
      "ittittit", wish->enrollment.id, wish->step, day, found->due_ms, wish->reason,
      wish->staff, kernel_now(wish->care->kernel), wish->note);
  audit(wish, "step.skip", day, wish->reason);
}

static int skip(const struct wish *wish, struct inbox_row *row, struct status *status) {
  struct search found;
  if (message_cancel_check(wish->reason, status) || check_step(wish, status))
    return status->code;
  search(wish, &found);
  if (!found.sure) {
    refuse(wish, &found, status);
  } else {
    const char *day = is_all(wish->day) ? SKIP_ALL : found.found.key;
    keep(wish, day, &found.found);
    tell(row, wish, day);
  }
  buf_deinit(&found.days);
  return status->code;
}

// Why there is none that could be put back.
static int refuse_undo(const struct wish *wish, int count, const char *days,
                       struct status *status) {
  if (count)
    return status_fail(status, ERR_CONFLICT,
                       "%s is skipped on several days: name one, %s", wish->step, days);
  if (wish->day && !is_all(wish->day) &&
      skip_has(wish->care->store, wish->enrollment.id, wish->step, SKIP_ALL))
    return status_fail(status, ERR_CONFLICT,
                       "%s is skipped on every day: put that back, with the day \"%s\"",
                       wish->step, SKIP_ALL);
  if (wish->day && !is_all(wish->day) &&
      skip_has(wish->care->store, wish->enrollment.id, wish->step, wish->day))
    return status_fail(status, ERR_CONFLICT,
                       "%s of %s can't be put back: its hour has passed", wish->step,
                       wish->day);
  return status_fail(status, ERR_CONFLICT, "%s%s%s of this enrollment is not skipped",
                     wish->step, wish->day ? " of " : "",
                     wish->day ? said(wish->day) : "");
}

static int unskip(const struct wish *wish, struct inbox_row *row, struct status *status) {
  struct buf days = {0};
  char day[SCHEDULE_KEY] = "";
  int count = 0;
  struct stmt *rows = skipped_ahead(wish, false);
  for (; stmt_row(rows); count++) {
    snprintf(day, sizeof day, "%s", stmt_text(rows, 0));
    buf_printf(&days, "%s%s", count ? ", " : "", day);
  }
  stmt_done(rows);
  if (count == 1) {
    store_exec(wish->care->store,
               "DELETE FROM skip_ahead WHERE enrollment=?1 AND step=?2 AND day=?3", "itt",
               wish->enrollment.id, wish->step, day);
    audit(wish, "step.unskip", day, NULL);
    tell(row, wish, day);
  } else {
    refuse_undo(wish, count, buf_text(&days), status);
  }
  buf_deinit(&days);
  return status->code;
}

typedef int deed(const struct wish *wish, struct inbox_row *row, struct status *status);

static int apply(struct care *care, struct inbox_row *row, deed *does,
                 struct status *status) {
  struct wish wish;
  if (wish_read(care, &row->body, &wish, status) == OK) does(&wish, row, status);
  wish_deinit(&wish);
  return status->code;
}

static int apply_skip(void *self, struct inbox_row *row, struct status *status) {
  return apply(self, row, skip, status);
}

static int apply_unskip(void *self, struct inbox_row *row, struct status *status) {
  return apply(self, row, unskip, status);
}

void skip_handlers(struct care *care) {
  static const struct inbox_handler on_skip = {.kind = "step.skip", .apply = apply_skip};
  static const struct inbox_handler on_unskip = {.kind = "step.unskip",
                                                 .apply = apply_unskip};
  kernel_handle_inbox(care->kernel, &on_skip, care);
  kernel_handle_inbox(care->kernel, &on_unskip, care);
}
