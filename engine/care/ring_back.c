#include "care/ring_back.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/inbound.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/phone.h"
#include "care/reply_sender.h"
#include "care/reply_task.h"
#include "care/task.h"

enum { NOTE_BYTES = 1000 };

struct missed {  // a call that nobody heard
  int64_t inbound, identity, at;
  const char *note, *department;  // what staff said of it; NULL: nothing
};

// Our last word to this person or call about this patient, of whichever department.
static void find_last(struct care *care, struct reply_sender *sender) {
  struct stmt *row = store_query(
      care->store,
      "SELECT at, department FROM (SELECT accepted_at AS at, department FROM message"
      " WHERE patient=?1 AND person=?2 AND accepted_at IS NOT NULL UNION ALL SELECT c.at,"
      " t.department FROM call c JOIN task t ON t.id=c.task WHERE c.patient=?1) ORDER BY"
      " at DESC LIMIT 1",
      "ii", sender->patient, sender->person);
  sender->told_at = 0;
  if (stmt_row(row)) {
    sender->told_at = stmt_int(row, 0);
    snprintf(sender->department, sizeof sender->department, "%s", stmt_text(row, 1));
  }
  stmt_done(row);
}

// Whom the call is about, as far as can be known: the one whom we rang or wrote last.
static int find_meant(struct care *care, int64_t identity, struct reply_sender *senders,
                      int *count) {
  int meant = -1;
  *count = reply_senders(care, identity, senders);
  for (int i = 0; i < *count; i++) {
    find_last(care, &senders[i]);
    if (meant < 0 || senders[i].told_at > senders[meant].told_at) meant = i;
  }
  return meant;
}

static void put_note(struct care *care, const struct missed *missed,
                     const struct reply_sender *senders, int count, int meant,
                     struct buf *out) {
  const struct zone *zone = care_zone(care, senders[meant].department);
  struct civil at = zone_civil(zone, missed->at);
  buf_printf(out, "患者 %02d-%02d %02d:%02d 回电未接，请回拨 / rang back and was missed",
             (int)at.month, (int)at.day, (int)at.hour, (int)at.minute);
  for (int i = 0, others = 0; i < count; i++)
    if (senders[i].patient != senders[meant].patient)
      buf_printf(out, "%s %lld", others++ ? "" : "；同号患者 / same number: patients",
                 (long long)senders[i].patient);
  if (missed->note) buf_printf(out, ": %s", missed->note);
}

static int64_t task_of_nobody(struct care *care, const struct missed *missed) {
  struct status status = {0};
  struct buf note = {0};
  if (!missed->department) return 0;
  buf_printf(&note, "未知号码来电未接 / a number that is nobody's here rang%s%s",
             missed->note ? ": " : "", missed->note ? missed->note : "");
  int64_t due_at = task_due(care, missed->department, "nurse", "4h", &status);
  int64_t task = task_open(care, &(struct task_spec){.department = missed->department,
                                                     .name = REPLY_TASK_MISSED,
                                                     .role = "nurse",
                                                     .note = note.data,
                                                     .due_at = due_at});
  buf_deinit(&note);
  return task;
}

static void settle(struct care *care, const struct missed *missed,
                   const struct reply_sender *who, const char *outcome) {
  store_exec(care->store,
             "UPDATE inbound SET outcome=?2, patient=?3, department=?4 WHERE id=?1",
             "itIt", missed->inbound, outcome, who ? who->patient : 0,
             who && *who->department ? who->department : NULL);
}

// The task's id; 0 when nobody can have it.
static int64_t hand_on(struct care *care, const struct missed *missed) {
  struct reply_sender senders[REPLY_SENDERS];
  struct buf note = {0};
  int count, meant = find_meant(care, missed->identity, senders, &count);
  struct reply_sender *who = meant < 0 ? NULL : &senders[meant];
  if (who && !*who->department && missed->department)
    snprintf(who->department, sizeof who->department, "%s", missed->department);
  int64_t task = 0;
  if (who && *who->department) {
    put_note(care, missed, senders, count, meant, &note);
    task = reply_task_missed(care, who, note.data);
  } else {
    task = task_of_nobody(care, missed);
  }
  settle(care, missed, task ? who : NULL, task ? "task" : "unknown");
  buf_deinit(&note);
  return task;
}

void ring_back_missed(struct care *care, int64_t inbound) {
  struct stmt *row = store_query(
      care->store, "SELECT identity, at FROM inbound WHERE id=?1", "i", inbound);
  struct missed missed = {.inbound = inbound};
  if (stmt_row(row)) {
    missed.identity = stmt_int(row, 0);
    missed.at = stmt_int(row, 1);
  }
  stmt_done(row);
  hand_on(care, &missed);
}

static int64_t keep(struct care *care, const char *phone, struct missed *missed) {
  char id[17];
  digest_random_id(id);
  missed->identity = inbound_identity(care, "phone", phone);
  store_exec(care->store,
             "INSERT INTO inbound (channel, provider_id, identity, kind, text, at,"
             " received_at) VALUES ('phone',?1,?2,'missed-call',?3,?4,?5)",
             "titii", id, missed->identity, missed->note, missed->at,
             kernel_now(care->kernel));
  return store_last_id(care->store);
}

static void tell(struct inbox_row *row, int64_t task) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "outcome", task ? "task" : "unknown");
  mapping_int(&map, "status", 200);
  if (task) mapping_int(&map, "task", task);
  mapping_end(&map);
}

static int read_moment(struct care *care, const struct value *body, int64_t *at,
                       struct status *status) {
  struct value field = value_field(body, "at");
  int64_t now = kernel_now(care->kernel);
  *at = now;
  if (field.kind == VALUE_NIL) return OK;
  if (field_moment(care, body, "at", care_site_zone(care), at, status))
    return status->code;
  if (*at <= now) return OK;
  return status_fail(status, ERR_INVALID, "field \"at\" lies in the future");
}

static int read_phone(const char *given, char phone[PHONE_SIZE], struct status *status) {
  if (given && phone_normalize(given, strlen(given), phone)) return OK;
  return status_fail(status, ERR_INVALID,
                     "field \"phone\" must be the number that rang, as it was shown");
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct missed missed = {0};
  char phone[PHONE_SIZE], *given = NULL, *note = NULL, *department = NULL;
  int code = field_text(&row->body, "phone", 64, &given, status);
  if (!code) code = field_text(&row->body, "note", NOTE_BYTES, &note, status);
  if (!code) code = field_text(&row->body, "department", 64, &department, status);
  if (!code) code = read_moment(care, &row->body, &missed.at, status);
  if (!code) code = read_phone(given, phone, status);
  if (!code) {
    missed.note = note;
    missed.department = department;
    missed.inbound = keep(care, phone, &missed);
    tell(row, hand_on(care, &missed));
  }
  mem_free(given);
  mem_free(note);
  mem_free(department);
  return code;
}

void ring_back_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "ring-back", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
