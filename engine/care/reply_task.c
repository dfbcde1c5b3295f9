#include "care/reply_task.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "care/contact.h"
#include "care/task.h"

enum {
  NOTE_MOST = 4000
};  // characters; whoever writes on is in the list of what came in

static int64_t add_to_open(struct care *care, int64_t patient, const char *department,
                           const char *name, const char *text) {
  int64_t open = store_int(care->store, 0,
                           "SELECT id FROM task WHERE patient=?1 AND department=?2 AND"
                           " name=?3 AND status='open' LIMIT 1",
                           "itt", patient, department, name);
  if (open)
    store_exec(
        care->store,
        "UPDATE task SET note=note || char(10) || ?2 WHERE id=?1 AND length(note)<?3",
        "iti", open, text, (int64_t)NOTE_MOST);
  return open;
}

static int64_t open_task(struct care *care, const struct reply_sender *sender,
                         const char *name, const char *due, const char *note) {
  struct status status = {0};
  if (!*sender->department) {
    log_line(LOG_LEVEL_WARN, "reply.no-department", "patient=%lld",
             (long long)sender->patient);
    return 0;
  }
  int64_t open = add_to_open(care, sender->patient, sender->department, name, note);
  if (open) return open;
  int64_t due_at = task_due(care, sender->department, "nurse", due, &status);
  return task_open(care, &(struct task_spec){.patient = sender->patient,
                                             .department = sender->department,
                                             .name = name,
                                             .role = "nurse",
                                             .note = note,
                                             .due_at = due_at});
}

int64_t reply_task_missed(struct care *care, const struct reply_sender *sender,
                          const char *note) {
  return open_task(care, sender, REPLY_TASK_MISSED, "2h", note);
}

void reply_task_read(struct care *care, const struct reply_sender *sender,
                     const char *text) {
  struct buf note = {0};
  buf_printf(&note, "患者回复 / wrote: %s", text);
  open_task(care, sender, "read-reply", "4h", note.data);
  buf_deinit(&note);
}

void reply_task_wrong(struct care *care, const struct reply_sender *sender,
                      int64_t identity, const char *text) {
  struct buf note = {0};
  contact_number_wrong(care, sender->patient, sender->person, identity, "reply");
  buf_printf(&note,
             "号码有误，请核对联系方式 / a wrong number, please find the right one: %s",
             text);
  open_task(care, sender, "wrong-number", "1bd", note.data);
  buf_deinit(&note);
}

static void open_whose(struct care *care, const struct reply_sender *list, int count,
                       const char *question, const char *text) {
  struct buf note = {0};
  buf_puts(&note, question);
  for (int i = 0; i < count; i++)
    if (reply_may_be(list, i)) buf_printf(&note, " %lld", (long long)list[i].patient);
  buf_printf(&note, ": %s", text);
  open_task(care, &list[0], REPLY_TASK_WHOSE, "4h", note.data);
  buf_deinit(&note);
}

void reply_task_whose(struct care *care, const struct reply_sender *list, int count,
                      const char *text) {
  open_whose(care, list, count,
             "同一号码对应多位患者，请问清是谁 / whose reply is it: patients", text);
}

void reply_task_others(struct care *care, const struct reply_sender *list, int count,
                       const char *text) {
  struct buf question = {0};
  buf_printf(&question,
             "同一号码对应多位患者：%s %lld，请问清其他人是否也停 / messages stopped for "
             "patient %lld%s; ask about the others of patients",
             list[0].told_at ? "已停止" : "已全部停止", (long long)list[0].patient,
             (long long)list[0].patient, list[0].told_at ? "" : " and all");
  open_whose(care, list, count, question.data, text);
  buf_deinit(&question);
}
