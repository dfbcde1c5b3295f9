// Answers that come in by the inbox: checked and judged before the transaction, settled
// within it.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "care/question.h"

struct asked {  // the question an answer is for
  int64_t id, patient, enrollment, expires_at, answer;
  char *department, *form;
  char status[12];
};

struct prepared {
  struct asked asked;
  struct buf clean, flag;
  bool unjudged, found;
  struct status refused;  // why the values don't fit
};

static bool load_asked(struct care *care, int64_t id, struct asked *out) {
  struct stmt *row = store_query(care->store,
                                 "SELECT id, patient, enrollment, expires_at, answer, "
                                 "department, form, status FROM question WHERE id=?1",
                                 "i", id);
  bool found = stmt_row(row);
  if (found) {
    *out = (struct asked){.id = stmt_int(row, 0),
                          .patient = stmt_int(row, 1),
                          .enrollment = stmt_int(row, 2),
                          .expires_at = stmt_int(row, 3),
                          .answer = stmt_int(row, 4),
                          .department = mem_copy_text(stmt_text(row, 5)),
                          .form = mem_copy_text(stmt_text(row, 6))};
    strncpy(out->status, stmt_text(row, 7), sizeof out->status - 1);
  }
  stmt_done(row);
  return found;
}

static void asked_deinit(struct asked *asked) {
  mem_free(asked->department);
  mem_free(asked->form);
  *asked = (struct asked){0};
}

// A link to an older question of the same form leads to the newer one.
static int64_t newest(struct care *care, const struct asked *asked) {
  return store_int(care->store, 0,
                   "SELECT max(id) FROM question WHERE patient=?1 AND form=?2 AND "
                   "enrollment IS ?3 AND "
                   "status IN ('open','lapsed')",
                   "itI", asked->patient, asked->form, asked->enrollment);
}

static bool find_asked(struct care *care, const struct inbox_row *row,
                       struct asked *out) {
  struct value question = value_field(&row->body, "question");
  if (!load_asked(care, value_int_or(&question, 0), out)) return false;
  int64_t newer = strcmp(out->status, "closed") ? 0 : newest(care, out);
  if (!newer) return true;
  asked_deinit(out);
  return load_asked(care, newer, out);
}

static void prepare(void *self, struct inbox_row *row) {
  struct care *care = self;
  struct prepared *prepared = mem_alloc(sizeof *prepared);
  struct value values = value_field(&row->body, "values"), clean;
  row->prepared = prepared;
  prepared->found = find_asked(care, row, &prepared->asked);
  if (!prepared->found) return;
  if (form_check(care, prepared->asked.department, prepared->asked.form,
                 prepared->asked.id, &values, &prepared->clean, &prepared->refused))
    return;
  value_read(prepared->clean.data, prepared->clean.len, &clean);
  form_judge(care, prepared->asked.department, prepared->asked.form, &clean,
             prepared->asked.patient, prepared->asked.enrollment, &prepared->flag,
             &prepared->unjudged);
}

static void release(void *self, struct inbox_row *row) {
  (void)self;
  struct prepared *prepared = row->prepared;
  asked_deinit(&prepared->asked);
  buf_deinit(&prepared->clean);
  buf_deinit(&prepared->flag);
  mem_free(prepared);
}

static void put_result(struct care *care, int64_t answer, bool repeated,
                       struct buf *out) {
  struct stmt *row = store_query(
      care->store, "SELECT advice, level FROM answer WHERE id=?1", "i", answer);
  struct mapping map = mapping_begin(out);
  struct value advice = {0};
  size_t len = 0;
  if (stmt_row(row)) {
    const char *bytes = stmt_bytes(row, 0, &len);
    if (len) value_read(bytes, len, &advice);
    mapping_value(&map, "advice", &advice);
    mapping_int(&map, "answer", answer);
    mapping_text(&map, "level", stmt_text(row, 1));
  }
  stmt_done(row);
  mapping_bool(&map, "repeated", repeated);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static int check_by(const char *kind, struct status *status) {
  static const char *const kinds[] = {"patient", "family", "staff", "device"};
  if (!kind) return OK;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(kind, kinds[i])) return OK;
  return status_fail(status, ERR_INVALID,
                     "field \"by_kind\": must be one of patient, family, staff, device");
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct prepared *prepared = row->prepared;
  struct asked now;
  if (!prepared->found || !load_asked(care, prepared->asked.id, &now))
    return status_fail(status, ERR_NOT_FOUND, "there is no such question");
  struct value by_kind = value_field(&row->body, "by_kind"),
               by_who = value_field(&row->body, "by_who");
  char *kind = value_copy_text(&by_kind), *who = value_copy_text(&by_who);
  struct value values, flag;
  int code = OK;
  if (check_by(kind, status)) {
    code = status->code;
  } else if (!strcmp(now.status, "answered")) {
    put_result(care, now.answer, true, &row->result);
  } else if (!strcmp(now.status, "closed") || now.expires_at < kernel_now(care->kernel)) {
    code = status_fail(status, ERR_CONFLICT,
                       "this question is closed: nobody waits for its answer any more");
  } else if (prepared->refused.code) {
    *status = prepared->refused;
    code = status->code;
  } else {
    value_read(prepared->clean.data, prepared->clean.len, &values);
    value_read(prepared->flag.data, prepared->flag.len, &flag);
    int64_t answer = question_answer(
        care, &(struct answer_given){now.id, now.patient, now.enrollment, now.department,
                                     now.form, kind ? kind : "patient", who, &values,
                                     &flag, prepared->unjudged});
    put_result(care, answer, false, &row->result);
  }
  mem_free(kind);
  mem_free(who);
  asked_deinit(&now);
  return code;
}

// What an elder typed before the phone rang: kept as it is, checked when it is sent.
static int apply_draft(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct value question = value_field(&row->body, "question"),
               values = value_field(&row->body, "values");
  struct buf body = {0};
  if (values.kind != VALUE_MAP)
    return status_fail(status, ERR_INVALID, "values: an object is needed");
  value_put(&body, &values);
  store_exec(care->store,
             "INSERT OR REPLACE INTO draft (question, body, at) SELECT id, ?2, ?3 FROM "
             "question WHERE id=?1 AND "
             "status IN ('open','lapsed')",
             "ibi", value_int_or(&question, 0), body.data, body.len,
             kernel_now(care->kernel));
  buf_deinit(&body);
  return OK;
}

// Its page was opened: somebody reads it.
static int apply_opened(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct value question = value_field(&row->body, "question");
  (void)status;
  store_exec(care->store,
             "UPDATE question SET seen_at=?2 WHERE id=?1 AND status IN"
             " ('open','lapsed')",
             "ii", value_int_or(&question, 0), kernel_now(care->kernel));
  return OK;
}

static const struct inbox_handler answer_handler = {
    .kind = "answer", .prepare = prepare, .apply = apply, .release = release};
static const struct inbox_handler draft_handler = {.kind = "answer.draft",
                                                   .apply = apply_draft};

static const struct inbox_handler opened_handler = {.kind = "question.opened",
                                                    .apply = apply_opened};

void question_handlers(struct care *care) {
  kernel_handle_inbox(care->kernel, &opened_handler, care);
  kernel_handle_inbox(care->kernel, &answer_handler, care);
  kernel_handle_inbox(care->kernel, &draft_handler, care);
}
