// A clock that may be extended is, once, before it has run out: "case.extend" { case,
// clock, reason, staff }.
#include "base/mem.h"
#include "care/case_clock.h"
#include "care/case_clock_tell.h"
#include "care/case_desk.h"
#include "care/inbox_field.h"

static int refuse(const struct case_clock *clock, int64_t now, struct status *status) {
  if (!clock->extend)
    return status_fail(status, ERR_CONFLICT, "clock %s can't be extended", clock->name);
  if (clock->extended_at)
    return status_fail(status, ERR_CONFLICT,
                       "clock %s was extended once, and can't be again", clock->name);
  if (clock->breached_at || (clock->due_at && clock->due_at <= now))
    return status_fail(status, ERR_CONFLICT,
                       "clock %s has run out: it can be extended only before it is due",
                       clock->name);
  return OK;
}

static void extend(struct care *care, struct case_clock *clock,
                   const struct case_deed *deed) {
  struct buf detail = {0};
  clock->extended_at = kernel_now(care->kernel);
  clock->warned_at = 0;  // the new time is warned of as well
  store_exec(care->store, "UPDATE clock SET extended_at=?2, warned_at=NULL WHERE id=?1",
             "ii", clock->id, clock->extended_at);
  buf_printf(&detail, "%s by %s: %s", clock->name, clock->extend, deed->reason);
  case_step(care, deed->id, "extended", deed->staff, detail.data);
  case_clock_untell(care, clock, "extended");
  case_clock_count(care, clock);
  buf_deinit(&detail);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct case_deed deed;
  struct case_clock clock = {0};
  char *name = NULL;
  int code = case_deed_read(care, &row->body, &deed, status);
  if (!code) code = field_text(&row->body, "clock", 60, &name, status);
  if (!code &&
      (!name || !case_clock_load(care, case_clock_find(care, deed.id, name), &clock)))
    code = status_fail(status, ERR_INVALID,
                       "field \"clock\": none of this name runs on this case");
  if (!code) code = refuse(&clock, kernel_now(care->kernel), status);
  if (!code) extend(care, &clock, &deed);
  case_clock_drop(&clock);
  mem_free(deed.reason);
  mem_free(name);
  return code;
}

void case_extend_handler(struct care *care) {
  static const struct inbox_handler handler = {.kind = "case.extend", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
