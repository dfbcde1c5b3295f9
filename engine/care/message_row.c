#include "care/message_row.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/ladder.h"
#include "care/line_row.h"
#include "care/message_about.h"
#include "care/message_carried.h"

static char *copy(struct stmt *row, int column) {
  return mem_copy_text(stmt_text(row, column));
}

static void load_texts(struct stmt *row, struct message *out) {
  char **const texts[] = {&out->number, &out->department, &out->program,  &out->kind,
                          &out->class_, &out->name,       &out->audience, &out->via,
                          &out->status, &out->reason,     &out->remind,   &out->channel,
                          &out->text};
  for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) *texts[i] = copy(row, i);
}

static void load_numbers(struct stmt *row, int from, struct message *out) {
  int64_t *const numbers[] = {&out->patient,     &out->enrollment,  &out->run,
                              &out->question,    &out->alert,       &out->due_at,
                              &out->valid_until, &out->person,      &out->attempts,
                              &out->generation,  &out->accepted_at, &out->created_at,
                              &out->address,     &out->first};
  for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
    *numbers[i] = stmt_int(row, from + i);
}

static void load_bytes(struct stmt *row, int column, struct buf *out) {
  size_t len = 0;
  const void *bytes = stmt_bytes(row, column, &len);
  if (bytes) buf_put(out, bytes, len);
}

bool message_load(struct store *store, int64_t id, struct message *out) {
  memset(out, 0, sizeof *out);
  struct stmt *row = store_query(
      store,
      "SELECT number,department,program,kind,class,name,audience,via,status,reason,"
      "remind,channel,text, patient,enrollment,run,question,alert,due_at,valid_until,"
      "person,attempts,generation,accepted_at,created_at,address,first, fields, EXISTS "
      "(SELECT 1 FROM "
      "carried"
      " WHERE carrier=message.id), approved FROM message WHERE id=?1",
      "i", id);
  bool found = stmt_row(row);
  if (found) {
    out->id = id;
    load_texts(row, out);
    load_numbers(row, 13, out);
    load_bytes(row, 27, &out->fields);
    load_bytes(row, 29, &out->approved);
    out->carries = stmt_int(row, 28) != 0;
    out->about = mem_alloc(sizeof *out->about);
  }
  stmt_done(row);
  return found;
}

void message_deinit(struct message *message) {
  char *const texts[] = {message->number,   message->department, message->program,
                         message->kind,     message->class_,     message->name,
                         message->audience, message->via,        message->status,
                         message->reason,   message->remind,     message->channel,
                         message->text};
  for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) mem_free(texts[i]);
  buf_deinit(&message->fields);
  buf_deinit(&message->approved);
  mem_free(message->about);
}

bool message_is_page(const struct message *message) {
  return strcmp(message->kind, "page") == 0;
}

bool message_is_safety(const struct message *message) {
  return message_is_page(message) || strcmp(message->class_, "safety") == 0;
}

bool message_is(const struct message *message, const char *status) {
  return strcmp(message->status, status) == 0;
}

void message_key(const struct message *message, char out[MESSAGE_KEY_SIZE]) {
  snprintf(out, MESSAGE_KEY_SIZE, "%s-%lld", message->number,
           (long long)message->generation);
}

bool message_is_again(struct care *care, const struct message *message) {
  return message->first && store_int(care->store, 0,
                                     "SELECT 1 FROM message WHERE first=?1 AND id<>?2 AND"
                                     " (accepted_at IS NOT NULL OR status='in_flight' OR"
                                     " status='in_doubt') LIMIT 1",
                                     "ii", message->first, message->id) != 0;
}

static enum due_class due_class_of(const struct message *message) {
  return message_is_safety(message) ? DUE_ALERT : DUE_MESSAGE;
}

static int64_t due_key(const struct message *message) {
  return message->patient ? message->patient : -message->id;
}

void message_due_gone(struct care *care, struct message *message) {
  message->due_at = 0;
  store_exec(care->store, "UPDATE message SET due_at=NULL WHERE id=?1", "i", message->id);
}

void message_due_drop(struct care *care, struct message *message) {
  if (!message->due_at) return;
  due_remove(care->kernel, due_class_of(message), message->due_at, WORK_MESSAGE,
             message->id);
  message_due_gone(care, message);
}

static void keep_status(struct message *message, const char *status) {
  mem_free(message->status);
  message->status = mem_copy_text(status);
}

// What it carries reads the reason; it may be the message's own already.
static void keep_reason(struct message *message, const char *reason) {
  if (message->reason == reason) return;
  mem_free(message->reason);
  message->reason = reason ? mem_copy_text(reason) : NULL;
}

void message_fly(struct care *care, struct message *message,
                 const struct message_way *way) {
  if (line_holds(message)) line_leave(care, message);
  message_due_drop(care, message);
  keep_status(message, "in_flight");
  store_exec(care->store,
             "UPDATE message SET status='in_flight', reason=?2, due_at=NULL,"
             " settled_at=NULL, person=?3, channel=?4, text=?5, attempts=attempts+1,"
             " bundle=coalesce(bundle,?6), approved=?7 WHERE id=?1",
             "itIttIb", message->id, way->reason, way->person, way->channel,
             message->text, catalog_bundle(care->catalog, message->department),
             message->approved.data, message->approved.len);
  if (message->carries) message_follow(care, message);
}

void message_accept(struct care *care, struct message *message, int64_t at) {
  if (line_holds(message)) line_leave(care, message);
  message_due_drop(care, message);
  keep_status(message, "accepted");
  message->accepted_at = at;
  store_exec(care->store,
             "UPDATE message SET status='accepted', reason=NULL, due_at=NULL,"
             " accepted_at=coalesce(accepted_at,?2), settled_at=?2 WHERE id=?1",
             "ii", message->id, at);
  if (message->carries) message_follow(care, message);
}

static void set_state(struct care *care, struct message *message, const char *status,
                      const char *reason, int64_t due_at, int64_t settled_at) {
  if (line_holds(message)) line_leave(care, message);
  if (message->due_at && message->due_at != due_at) message_due_drop(care, message);
  if (due_at && message->due_at != due_at)
    due_add(care->kernel, due_class_of(message), due_at, WORK_MESSAGE, message->id,
            due_key(message));
  message->due_at = due_at;
  keep_status(message, status);
  keep_reason(message, reason);
  store_exec(care->store,
             "UPDATE message SET status=?2, reason=?3, due_at=?4, settled_at=?5"
             " WHERE id=?1",
             "ittII", message->id, status, reason, due_at, settled_at);
  if (message->carries) message_follow(care, message);
}

void message_wait(struct care *care, struct message *message, const char *status,
                  const char *reason, int64_t at) {
  set_state(care, message, status, reason, at, 0);
  if (message->first && strcmp(status, "held") == 0)
    ladder_held(care, message->id, reason);
}

// What the run hears. Reminders and pages belong to a question and an alert, which have
// other ways to end.
static const char *outcome_of(const char *status, const char *reason) {
  static const char *const known[] = {"unreachable", "no-contact", "opted-out",
                                      "in-doubt"};
  for (int i = 0; i < 4; i++)
    if (strcmp(reason, known[i]) == 0) return known[i];
  if (strcmp(status, "failed") == 0) return "unreachable";
  return strcmp(status, "cancelled") == 0 ? "cancelled" : "suppressed";
}

void message_tell_run(struct care *care, const struct message *message,
                      const char *outcome) {
  if (strcmp(message->kind, "ask") != 0 && strcmp(message->kind, "send") != 0) return;
  message_settled(
      care,
      &(struct settled){message->id, message->run, message->question, message->created_at,
                        message->first, message->kind, message->name},
      outcome);
}

void message_end(struct care *care, struct message *message, const char *status,
                 const char *reason) {
  set_state(care, message, status, reason, 0, kernel_now(care->kernel));
  message_tell_run(care, message, outcome_of(status, reason));
}

void message_doubt(struct care *care, struct message *message) {
  set_state(care, message, "in_doubt", "in-doubt", message->valid_until, 0);
  if (message->first) ladder_doubted(care, message->id);
}

void message_regenerate(struct care *care, struct message *message) {
  if (message->carries) message_dissolve(care, message);
  message->generation++;
  store_exec(care->store, "UPDATE message SET generation=?2 WHERE id=?1", "ii",
             message->id, message->generation);
}

void message_ids(struct stmt *stmt, struct buf *ids) {
  while (stmt_row(stmt)) {
    int64_t id = stmt_int(stmt, 0);
    buf_put(ids, &id, sizeof id);
  }
  stmt_done(stmt);
}
