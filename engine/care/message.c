#include "care/message.h"

#include <string.h>

#include "base/digest.h"
#include "care/line_row.h"
#include "care/message_carried.h"
#include "care/message_decide.h"
#include "care/message_desk.h"
#include "care/message_gate.h"
#include "care/message_mass.h"
#include "care/message_merge.h"
#include "care/message_remind.h"
#include "care/message_result.h"
#include "care/message_row.h"
#include "care/share.h"

// A reader works on message ids while what they mean is changed, so they are read first.
static void each(struct care *care, struct buf *ids,
                 void (*fn)(struct care *care, struct message *message, const char *why),
                 const char *why) {
  for (size_t at = 0; at < ids->len; at += sizeof(int64_t)) {
    int64_t id;
    memcpy(&id, ids->data + at, sizeof id);
    struct message message;
    if (message_load(care->store, id, &message)) fn(care, &message, why);
    message_deinit(&message);
  }
  buf_deinit(ids);
}

static bool urgent(const struct message_spec *spec) {
  return strcmp(spec->kind, "page") == 0 ||
         (spec->class_ && strcmp(spec->class_, "safety") == 0);
}

static int64_t insert(struct care *care, const struct message_spec *spec, int64_t at,
                      int64_t valid_until) {
  char number[17];
  digest_random_id(number);
  struct buf fields = {0};
  if (spec->fields && spec->fields->kind == VALUE_MAP) value_put(&fields, spec->fields);
  store_exec(care->store,
             "INSERT INTO message (number,patient,enrollment,run,question,alert,"
             "department,program,kind,class,name,audience,via,remind,status,created_at,"
             "due_at,valid_until,address,first) VALUES"
             " (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,'planned',?15,?16,?17,"
             "?18,?19)",
             "tIIIIIttttttttiiiII", number, spec->patient, spec->enrollment, spec->run,
             spec->question, spec->alert, spec->department, spec->program, spec->kind,
             spec->class_, spec->name, spec->audience, spec->via, spec->remind,
             kernel_now(care->kernel), at, valid_until, spec->address, spec->first);
  int64_t id = store_last_id(care->store);
  if (spec->first == MESSAGE_IS_FIRST)
    store_exec(care->store, "UPDATE message SET first=id WHERE id=?1", "i", id);
  if (fields.len)
    store_exec(care->store, "UPDATE message SET fields=?2 WHERE id=?1", "ib", id,
               fields.data, fields.len);
  buf_deinit(&fields);
  return id;
}

int64_t message_plan(struct care *care, const struct message_spec *spec) {
  int64_t now = kernel_now(care->kernel);
  int64_t at = spec->not_before > now ? spec->not_before : now;
  int64_t valid_until = spec->valid_until ? spec->valid_until : at + MESSAGE_VALID_MS;
  int64_t id = insert(care, spec, at, valid_until);
  due_add(care->kernel, urgent(spec) ? DUE_ALERT : DUE_MESSAGE, at, WORK_MESSAGE, id,
          spec->patient ? spec->patient : -id);
  return id;
}

void message_cancel(struct care *care, struct message *message, const char *why) {
  if (message_is(message,
                 "in_flight"))  // what is in the air decides; see message_result.c
    store_exec(care->store, "UPDATE message SET reason=?2 WHERE id=?1", "it", message->id,
               why);
  else
    message_end(care, message, "cancelled", why);
}

static void cancel_quietly(struct care *care, struct message *message, const char *why) {
  if (message_is(message, "in_flight")) {
    message_cancel(care, message, why);
    return;
  }
  message_wait(care, message, "cancelled", why, 0);
  store_exec(care->store, "UPDATE message SET settled_at=?2 WHERE id=?1", "ii",
             message->id, kernel_now(care->kernel));
}

void message_cancel_one(struct care *care, int64_t id, const char *reason) {
  struct message message;
  if (message_load(care->store, id, &message) &&
      (message_is(&message, "planned") || message_is(&message, "held") ||
       message_is(&message, "in_flight") || message_is(&message, "in_doubt")))
    cancel_quietly(care, &message, reason);
  message_deinit(&message);
}

void message_cancel_for_question(struct care *care, int64_t question,
                                 const char *reason) {
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT id FROM message WHERE question=?1 AND status IN"
                          " ('planned','held','in_flight','in_doubt')",
                          "i", question),
              &ids);
  each(care, &ids, cancel_quietly, reason);
}

void message_cancel_for_enrollment(struct care *care, int64_t enrollment,
                                   const char *reason) {
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT m.id FROM enrollment e JOIN message m ON"
                          " m.patient=e.patient AND m.enrollment=e.id WHERE e.id=?1 AND"
                          " m.kind<>'page' AND m.status IN"
                          " ('planned','held','in_flight','in_doubt')",
                          "i", enrollment),
              &ids);
  each(care, &ids, message_cancel, reason);
}

void message_cancel_for_run(struct care *care, int64_t run, const char *reason) {
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT m.id FROM run r JOIN message m ON m.patient=r.patient"
                          " AND m.run=r.id WHERE r.id=?1 AND m.status IN"
                          " ('planned','held','in_flight','in_doubt')",
                          "i", run),
              &ids);
  each(care, &ids, message_cancel, reason);
}

void message_cancel_for_patient(struct care *care, int64_t patient, const char *reason) {
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT id FROM message WHERE patient=?1 AND kind<>'page' AND"
                          " status IN ('planned','held','in_flight','in_doubt')",
                          "i", patient),
              &ids);
  each(care, &ids, message_cancel, reason);
}

static void wake(struct care *care, struct message *message, const char *why) {
  (void)why;
  message_wait(care, message, "planned", NULL, kernel_now(care->kernel));
}

void message_wake_for_patient(struct care *care, int64_t patient) {
  struct buf ids = {0};
  message_ids(store_query(care->store,
                          "SELECT id FROM message WHERE patient=?1 AND status='held' AND"
                          " reason NOT IN ('retry','delayed','channel-config',"
                          "'mass-send','queued')",
                          "i", patient),
              &ids);
  each(care, &ids, wake, NULL);
}

static void go(struct care *care, struct message *message, const struct gate *gate) {
  struct line line;
  line_load(care, gate->channel, &line);
  if (line_admits(care, &line, message_is_safety(message)))
    message_go(care, message, gate);
  else
    line_join(care, message, gate->channel);
}

// Its channel has forgotten the key by now: what may have arrived is not sent again.
static bool doubt_is_due(struct care *care, const struct message *message) {
  return message->attempts && !message_is_safety(message) &&
         message_is_doubtful(care, message) &&
         message_keyed_until(care, message) <= kernel_now(care->kernel);
}

static void dispatch(struct care *care, struct message *message) {
  struct gate gate;
  if (doubt_is_due(care, message)) {
    message_doubt(care, message);
    return;
  }
  message_gate(care, message, &gate);
  switch (gate.verdict) {
    case GATE_GO: go(care, message, &gate); break;
    case GATE_HOLD:
      message_wait(care, message, "held", gate.reason, gate.until);
      if (strcmp(gate.reason, "mass-send") == 0) message_mass_held(care, message);
      break;
    case GATE_END: message_end(care, message, gate.status, gate.reason); break;
  }
}

void message_dispatch(struct care *care, int64_t id) {
  struct message message;
  if (message_load(care->store, id, &message) &&
      (message_is(&message, "planned") || message_is(&message, "held")))
    dispatch(care, &message);
  message_deinit(&message);
}

static void apply_message(void *self, struct work *work) {
  struct care *care = self;
  struct message message;
  if (message_load(care->store, work->ref, &message)) {
    message.due_at = 0;                    // its next state is written whichever it is
    if (message_is(&message, "in_doubt"))  // nobody resolved it while it was good
      message_end(care, &message, "failed", "in-doubt");
    else if (message_is(&message, "planned") || message_is(&message, "held"))
      dispatch(care, &message);
    else
      message_due_gone(care, &message);
  }
  message_deinit(&message);
}

void message_put_by(struct care *care, int64_t id) {
  struct message message;
  if (message_load(care->store, id, &message)) {
    int64_t again = kernel_now(care->kernel) + MESSAGE_CONFIG_MS;
    if (again < message.valid_until)
      message_wait(care, &message, "held", "fault", again);
    else
      message_end(care, &message, "failed", "fault");
  }
  message_deinit(&message);
}

static void refuse_message(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  (void)why;  // the kernel logs it
  store_exec(care->store, "UPDATE message SET due_at=NULL WHERE id=?1", "i", work->ref);
  message_put_by(care, work->ref);
}

void message_handlers(struct care *care) {
  static const struct work_handler on_message = {
      .apply = apply_message, .refuse = refuse_message, .share = share_of_message};
  static const struct work_handler on_remind = {.apply = message_remind_apply,
                                                .share = share_of_message};
  kernel_handle(care->kernel, WORK_MESSAGE, &on_message, care);
  kernel_handle(care->kernel, WORK_REMIND, &on_remind, care);
  message_desk_handlers(care);
  message_decide_handlers(care);
  message_receipt_handlers(care);
  line_handlers(care);
}
