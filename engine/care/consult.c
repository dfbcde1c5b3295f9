#include "care/consult.h"

#include <string.h>

#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/task.h"

#define TASK_NAME "call-back"

struct asker {  // the question on whose page the call was asked for
  int64_t question, patient, enrollment, answer;
  char *department, *program, *form;
};

static bool asker_load(struct care *care, int64_t question, struct asker *out) {
  struct stmt *row =
      store_query(care->store,
                  "SELECT id, patient, enrollment, answer, department, program, form FROM"
                  " question WHERE id=?1",
                  "i", question);
  bool found = stmt_row(row);
  *out = (struct asker){0};
  if (found)
    *out = (struct asker){.question = stmt_int(row, 0),
                          .patient = stmt_int(row, 1),
                          .enrollment = stmt_int(row, 2),
                          .answer = stmt_int(row, 3),
                          .department = mem_copy_text(stmt_text(row, 4)),
                          .program = mem_copy_text(stmt_text(row, 5)),
                          .form = mem_copy_text(stmt_text(row, 6))};
  stmt_done(row);
  return found;
}

static void asker_deinit(struct asker *asker) {
  mem_free(asker->department);
  mem_free(asker->program);
  mem_free(asker->form);
}

struct value consult_of(struct care *care, const char *department, const char *program) {
  if (!program) return (struct value){0};
  struct value body = catalog_find(care->catalog, department, "program", program);
  return value_field(&body, "consult");
}

static bool was_asked(struct care *care, const struct asker *asker) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM task WHERE patient=?1 AND question=?2 AND"
                   " name='" TASK_NAME "' LIMIT 1",
                   "ii", asker->patient, asker->question) != 0;
}

int64_t consult_due(struct care *care, int64_t patient, int64_t question) {
  return store_int(care->store, 0,
                   "SELECT coalesce(due_at, 1) FROM task WHERE patient=?1 AND"
                   " question=?2 AND name='" TASK_NAME "' AND status='open' LIMIT 1",
                   "ii", patient, question);
}

static int open_task(struct care *care, const struct asker *asker,
                     struct status *status) {
  struct value consult = consult_of(care, asker->department, asker->program);
  struct value role_field = value_field(&consult, "role"),
               due_field = value_field(&consult, "due");
  char *role = value_copy_text(&role_field), *due = value_copy_text(&due_field);
  const char *post = role ? role : "nurse";
  int64_t due_at = task_due(care, asker->department, post, due ? due : "4h", status);
  struct buf note = {0};
  buf_printf(&note, "患者在 %s 的页面上请护士打电话 / asked for a call on the page of %s",
             asker->form, asker->form);
  if (due_at)
    task_open(care, &(struct task_spec){.patient = asker->patient,
                                        .enrollment = asker->enrollment,
                                        .question = asker->question,
                                        .department = asker->department,
                                        .name = TASK_NAME,
                                        .role = post,
                                        .note = note.data,
                                        .due_at = due_at});
  buf_deinit(&note);
  mem_free(role);
  mem_free(due);
  return status->code;
}

static int ask(struct care *care, const struct asker *asker, struct buf *result,
               struct status *status) {
  if (!asker->answer)
    return status_fail(status, ERR_CONFLICT, "this question is not answered yet");
  if (!was_asked(care, asker) && open_task(care, asker, status)) return status->code;
  struct mapping map = mapping_begin(result);
  mapping_int(&map, "due_at", consult_due(care, asker->patient, asker->question));
  mapping_int(&map, "status", 200);
  mapping_end(&map);
  return OK;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct asker asker;
  int64_t question;
  if (field_id(&row->body, "question", &question, status)) return status->code;
  if (!asker_load(care, question, &asker))
    status_fail(status, ERR_NOT_FOUND, "there is no such question");
  else
    ask(care, &asker, &row->result, status);
  asker_deinit(&asker);
  return status->code;
}

void consult_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "consult.call", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
