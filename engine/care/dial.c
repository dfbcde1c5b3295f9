// A call is asked for: whom, by which channel, and whether it may be now.
#include "care/dial.h"

#include <string.h>

#include "base/digest.h"
#include "base/iso.h"
#include "base/mem.h"
#include "care/dial_result.h"
#include "care/dial_wait.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/message_gate.h"
#include "care/task_inbox.h"

enum { CHANNEL_BYTES = 31, EXTENSION_BYTES = 31 };

struct asked {  // texts are owned, but for channel's
  struct task_request by;
  char *wish, *extension;
  struct channel_dials channel;
  int64_t identity;
};

static int find_channel(struct care *care, struct asked *asked, struct status *status) {
  const struct channels_port *port = &care->channels;
  if (port->dials && port->dials(port->self, asked->wish, &asked->channel)) return OK;
  if (asked->wish)
    return status_fail(status, ERR_INVALID,
                       "channel \"%s\" rings nobody: afterward channels lists those "
                       "that do",
                       asked->wish);
  return status_fail(status, ERR_CONFLICT,
                     "no channel rings anybody: configure one with plugin pbx "
                     "(docs/channels.md), or ring by hand");
}

// A PBX rings the desk first and then the patient.
static int find_desk(struct care *care, struct asked *asked, struct status *status) {
  if (asked->channel.robot || asked->extension) return OK;
  asked->extension = store_text(care->store, "SELECT extension FROM staff WHERE login=?1",
                                "t", asked->by.staff);
  if (asked->extension) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "%s has no desk phone on file: afterward staff set %s --extension "
                     "NUMBER, or name one for this call",
                     asked->by.staff, asked->by.staff);
}

// The one named; else the next in order that this task rang least: the patient's own
// before the contacts'. A robot never rings who wants no messages.
static int find_number(struct care *care, const struct inbox_row *row,
                       struct asked *asked, struct status *status) {
  struct value identity = value_field(&row->body, "identity");
  asked->identity = store_int(
      care->store, 0,
      "SELECT i.id FROM (SELECT ?1 AS person, 0 AS position UNION ALL SELECT person,"
      " position FROM contact WHERE patient=?1 AND person<>?1) c JOIN identity i ON"
      " i.person=c.person AND i.kind='phone' LEFT JOIN contact k ON k.patient=?1 AND"
      " k.person=c.person WHERE coalesce(i.flag,'') NOT IN ('void','placeholder') AND"
      " (i.id=?2 OR (?2=0 AND k.wrong_number_at IS NULL)) AND (k.opted_out_at IS NULL OR"
      " (?2<>0 AND ?4=0)) ORDER BY (SELECT count(*) FROM dial WHERE task=?3 AND"
      " identity=i.id), i.person<>?1, c.position, i.position, i.id LIMIT 1",
      "iiii", asked->by.task.patient, value_int_or(&identity, 0), asked->by.task.id,
      (int64_t)asked->channel.robot);
  if (asked->identity) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "there is no number that may be rung: afterward task numbers ID "
                     "lists them");
}

static int check_task(const struct asked *asked, struct status *status) {
  const struct task *task = &asked->by.task;
  if (!task->patient)
    return status_fail(status, ERR_INVALID,
                       "this task belongs to no patient, so there is nobody to ring");
  if (task_is(task, "open")) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "this task is %s, so nobody is rung for it; choose an open one",
                     task->status);
}

static int check_patient(struct care *care, const struct asked *asked,
                         struct status *status) {
  int64_t patient = asked->by.task.patient;
  if (store_int(care->store, 0, "SELECT died_at FROM patient WHERE id=?1", "i", patient))
    return status_fail(status, ERR_CONFLICT, "the patient has died: nobody is rung");
  if (asked->channel.robot &&
      store_int(care->store, 0, "SELECT disputed_at FROM patient WHERE id=?1", "i",
                patient))
    return status_fail(status, ERR_CONFLICT,
                       "there is a dispute (医疗纠纷): no robot rings this family");
  return OK;
}

// Whoever it is for: nobody is rung twice at once.
static int check_ringing(struct care *care, const struct asked *asked,
                         struct status *status) {
  const struct task *task = &asked->by.task;
  const struct zone *zone = care_zone(care, task->department);
  char since[ISO_SIZE], until[ISO_SIZE];
  struct dial_ringing ringing;
  if (!dial_is_ringing(care, task->patient, asked->identity, &ringing)) return OK;
  iso_format(ringing.since, zone, since);
  iso_format(ringing.until, zone, until);
  return status_fail(status, ERR_CONFLICT,
                     "it is being rung since %s, for %s; wait until it ends, or until %s "
                     "when nobody tells",
                     since, ringing.by, until);
}

// What a person does at night is hers to judge; what a robot does is a message.
static int check_hours(struct care *care, const struct asked *asked,
                       struct status *status) {
  const struct task *task = &asked->by.task;
  const struct zone *zone = care_patient_zone(care, task->patient, task->department);
  const char *reason = NULL;
  char free[ISO_SIZE];
  if (!asked->channel.robot) return OK;
  int64_t at = message_free_at(care, task->department, zone, &reason);
  if (!reason) return OK;
  iso_format(at, zone, free);
  return status_fail(status, ERR_CONFLICT, "no robot rings now (%s): from %s on", reason,
                     free);
}

static int check_claim(struct care *care, const struct asked *asked,
                       struct status *status) {
  const struct task *task = &asked->by.task;
  if (!task->claimed_by || strcmp(task->claimed_by, asked->by.staff) == 0) return OK;
  return task_refuse_claimed(care, task, status);
}

static int read_asked(struct care *care, const struct inbox_row *row, struct asked *asked,
                      struct status *status) {
  if (task_request_read(care, row, &asked->by, status) ||
      field_text(&row->body, "channel", CHANNEL_BYTES, &asked->wish, status) ||
      field_text(&row->body, "extension", EXTENSION_BYTES, &asked->extension, status) ||
      check_task(asked, status) || check_claim(care, asked, status) ||
      find_channel(care, asked, status) || check_patient(care, asked, status) ||
      check_hours(care, asked, status) || find_number(care, row, asked, status) ||
      check_ringing(care, asked, status) || find_desk(care, asked, status))
    return status->code;
  return OK;
}

// After the commit: from here on it may ring.
static void start(void *self, void *own) {
  struct care *care = self;
  int64_t dial = *(int64_t *)own;
  struct stmt *row = store_query(
      care->store,
      "SELECT d.channel, d.key, d.extension, i.value, t.form, d.at FROM dial d JOIN"
      " identity i ON i.id=d.identity JOIN task t ON t.id=d.task WHERE d.id=?1",
      "i", dial);
  if (stmt_row(row))
    care->channels.start(care->channels.self,
                         &(struct outgoing){.dial = dial,
                                            .channel = stmt_text(row, 0),
                                            .key = stmt_text(row, 1),
                                            .from = stmt_text(row, 2),
                                            .address = stmt_text(row, 3),
                                            .form = stmt_text(row, 4),
                                            .text = "",
                                            .class_ = "call",
                                            .started_at = stmt_int(row, 5)});
  stmt_done(row);
}

static void audit(struct care *care, const struct asked *asked) {
  struct buf object = {0};
  buf_printf(&object, "patient:%lld", (long long)asked->by.task.patient);
  care_audit(care, asked->by.staff, "task.dial", object.data, asked->channel.name);
  buf_deinit(&object);
}

static void put(struct care *care, const struct asked *asked) {
  const struct task *task = &asked->by.task;
  int64_t now = kernel_now(care->kernel), until = now + asked->channel.unknown_ms;
  char key[17];
  digest_random_id(key);
  store_exec(care->store,
             "INSERT INTO dial (task, patient, identity, channel, key, by_who, extension,"
             " at, status, unknown_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,'in_flight',?9)",
             "iiittttii", task->id, task->patient, asked->identity, asked->channel.name,
             key, asked->by.staff, asked->extension, now, until);
  int64_t *own = mem_alloc(sizeof *own);
  *own = store_last_id(care->store);
  due_add(care->kernel, DUE_TASK, until, WORK_DIAL, *own, task->patient);
  kernel_after(care->kernel, start, mem_free, care, own);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct asked asked = {0};
  if (!read_asked(care, row, &asked, status)) {
    struct task *task = &asked.by.task;
    put(care, &asked);
    if (!asked.channel.robot && !task->claimed_by)
      task_claim(care, task, asked.by.staff, task_shift_end(care, task));
    store_exec(care->store, "UPDATE task SET revision=revision+1 WHERE id=?1", "i",
               task->id);
    audit(care, &asked);
  }
  task_deinit(&asked.by.task);
  mem_free(asked.wish);
  mem_free(asked.extension);
  return status->code;
}

void dial_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "task.dial", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
  dial_wait_handlers(care);
  dial_result_handlers(care);
}
