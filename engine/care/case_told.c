// What the call-back said, whoever made it: the hospital, or the bureau whose order it
// is (解决率, 满意率). It may come long after the case was closed.
#include "base/mem.h"
#include "care/case_desk.h"
#include "care/case_figure.h"

static int read_solved(const struct value *body, int64_t *out, struct status *status) {
  struct value solved = value_field(body, "solved");
  *out = value_is(&solved, "yes") || (solved.kind == VALUE_BOOL && solved.boolean);
  if (*out || value_is(&solved, "no") || solved.kind == VALUE_BOOL) return OK;
  return status_fail(status, ERR_INVALID, "field \"solved\" must be yes or no");
}

static int read_satisfied(const struct value *body, char **out, struct status *status) {
  struct value word = value_field(body, "satisfied");
  if (!value_is(&word, "yes") && !value_is(&word, "partly") && !value_is(&word, "no"))
    return status_fail(status, ERR_INVALID,
                       "field \"satisfied\" must be yes, partly or no");
  *out = value_copy_text(&word);
  return OK;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  char staff[STAFF_SIZE], *satisfied = NULL;
  int64_t id, solved;
  struct buf detail = {0};
  if (field_id(&row->body, "case", &id, status) ||
      field_staff(&row->body, staff, status) ||
      read_solved(&row->body, &solved, status) ||
      read_satisfied(&row->body, &satisfied, status))
    return status->code;
  store_exec(care->store,
             "UPDATE case_file SET solved=?2, satisfied=?3, revision=revision+1 WHERE"
             " enrollment=?1",
             "iit", id, solved, satisfied);
  buf_printf(&detail, "solved=%s satisfied=%s", solved ? "yes" : "no", satisfied);
  case_step(care, id, "told", staff, detail.data);
  case_figure_keep(care, id);
  buf_deinit(&detail);
  mem_free(satisfied);
  return OK;
}

void case_told_handler(struct care *care) {
  static const struct inbox_handler handler = {.kind = "case.told", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
