#include "care/task_draft.h"

#include "base/mem.h"
#include "care/message_about.h"
#include "care/message_text.h"

void task_draft_set(struct care *care, int64_t task, const char *template_name,
                    const struct value *fields) {
  struct buf encoded = {0};
  if (fields->kind != VALUE_NIL) value_put(&encoded, fields);
  store_exec(care->store, "UPDATE task SET draft=?2, draft_fields=?3 WHERE id=?1", "itb",
             task, template_name, encoded.data, encoded.len);
  buf_deinit(&encoded);
}

// As a message that is never sent.
static bool read_row(struct care *care, int64_t task, struct message *out) {
  size_t len;
  struct stmt *row = store_query(
      care->store,
      "SELECT patient, enrollment, department, draft, draft_fields FROM task WHERE"
      " id=?1 AND draft IS NOT NULL",
      "i", task);
  bool found = stmt_row(row);
  *out = (struct message){0};
  if (found) {
    out->about = mem_alloc(sizeof *out->about);
    out->patient = stmt_int(row, 0);
    out->enrollment = stmt_int(row, 1);
    out->department = mem_copy_text(stmt_text(row, 2));
    out->name = mem_copy_text(stmt_text(row, 3));
    out->kind = mem_copy_text("send");
    out->class_ = mem_copy_text("general");
    out->audience = mem_copy_text("patient");
    const char *fields = stmt_bytes(row, 4, &len);
    if (len) buf_put(&out->fields, fields, len);
  }
  stmt_done(row);
  return found;
}

bool task_draft_text(struct care *care, int64_t task, struct buf *out) {
  struct message message;
  struct buf missing = {0};
  bool whole = read_row(care, task, &message) &&
               message_text_part(care, &message, message.patient, NULL, out, &missing);
  message_deinit(&message);
  buf_deinit(&missing);
  return whole;
}
