#include "care/message_remind.h"

#include <string.h>

#include "base/log.h"
#include "base/span.h"
#include "care/ladder.h"
#include "care/message_about.h"

void message_remind_at(struct care *care, const struct message *message) {
  if (!message->remind || !message->question || strcmp(message->kind, "ask") != 0) return;
  const struct zone *zone = message_about(care, message)->zone;
  const struct calendar *calendar =
      catalog_calendar(care->catalog, message->department, NULL);
  struct status status = {0};
  struct span span;
  int64_t at;
  if (span_parse(message->remind, &span, &status) != OK ||
      span_add(kernel_now(care->kernel), &span, zone, calendar, &at, &status) != OK) {
    log_line(LOG_LEVEL_ERROR, "message.remind", "message=%lld error=%s",
             (long long)message->id, status.text);
    return;
  }
  due_add(care->kernel, DUE_MESSAGE, at, WORK_REMIND, message->id, message->patient);
}

static void remind(struct care *care, const struct message *asked) {
  struct value fields = {.kind = VALUE_NIL};
  if (asked->fields.len) value_read(asked->fields.data, asked->fields.len, &fields);
  // A reminder held past its ask's deadline would come when a newer question is open.
  int64_t expires = store_int(
      care->store, 0, "SELECT due_at FROM run WHERE id=?1 AND wait='ask' AND wait_ref=?2",
      "ii", asked->run, asked->question);
  if (asked->run && !expires) return;
  message_plan(care, &(struct message_spec){
                         .patient = asked->patient,
                         .enrollment = asked->enrollment,
                         .run = asked->run,
                         .question = asked->question,
                         .department = asked->department,
                         .program = asked->program,
                         .kind = "remind",
                         .class_ = asked->class_,
                         .name = asked->name,
                         .audience = asked->audience,
                         .via = asked->via,
                         .fields = &fields,
                         .valid_until = expires,
                     });
}

void message_remind_apply(void *self, struct work *work) {
  struct care *care = self;
  struct message asked;
  if (message_load(care->store, work->ref, &asked)) {
    int64_t open = store_int(care->store, 0,
                             "SELECT 1 FROM question WHERE id=?1 AND status='open'"
                             " AND (expires_at=0 OR expires_at>?2)",
                             "ii", asked.question, kernel_now(care->kernel));
    bool left = asked.first && ladder_has_left(care, asked.id);
    if (open && !left) remind(care, &asked);
  }
  message_deinit(&asked);
}
