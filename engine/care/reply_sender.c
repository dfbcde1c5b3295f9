#include "care/reply_sender.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "care/binding.h"

#define LATELY_MS \
  (7 * (int64_t)CIVIL_DAY_MS)  // whoever was told earlier writes of something else

static void find_told(struct care *care, struct reply_sender *sender) {
  struct stmt *row = store_query(
      care->store,
      "SELECT accepted_at, department FROM message WHERE patient=?1 AND"
      " person=?2 AND accepted_at>=?3 ORDER BY accepted_at DESC LIMIT 1",
      "iii", sender->patient, sender->person, kernel_now(care->kernel) - LATELY_MS);
  if (stmt_row(row)) {
    sender->told_at = stmt_int(row, 0);
    snprintf(sender->department, sizeof sender->department, "%s", stmt_text(row, 1));
  }
  stmt_done(row);
}

static void find_department(struct care *care, struct reply_sender *sender) {
  struct stmt *row = store_query(care->store,
                                 "SELECT department FROM enrollment WHERE patient=?1"
                                 " ORDER BY ended_at IS NOT NULL, id DESC LIMIT 1",
                                 "i", sender->patient);
  if (stmt_row(row))
    snprintf(sender->department, sizeof sender->department, "%s", stmt_text(row, 0));
  stmt_done(row);
}

static int read_senders(struct care *care, int64_t identity, struct reply_sender *out) {
  int count = 0;
  struct stmt *rows = store_query(
      care->store,
      "SELECT c.patient, c.person, max(coalesce(i.flag,'')='void') FROM identity mine "
      "JOIN"
      " identity i ON i.value=mine.value AND i.kind=mine.kind JOIN contact c ON"
      " c.person=i.person WHERE mine.id=?1 AND "
      BINDING_STANDS("c.patient", "c.person", "i.id") " GROUP BY c.patient, c.person ORDER BY "
      "c.patient,"
      " c.person LIMIT ?2",
      "ii", identity, (int64_t)REPLY_SENDERS);
  while (count < REPLY_SENDERS && stmt_row(rows))
    out[count++] = (struct reply_sender){.patient = stmt_int(rows, 0),
                                         .person = stmt_int(rows, 1),
                                         .wrong = stmt_int(rows, 2) != 0};
  stmt_done(rows);
  return count;
}

int reply_senders(struct care *care, int64_t identity, struct reply_sender *out) {
  int count = read_senders(care, identity, out);
  for (int i = 0; i < count; i++) {
    find_told(care, &out[i]);
    if (!out[i].told_at) find_department(care, &out[i]);
  }
  for (int i = 1; i < count; i++)
    for (int j = i; j > 0 && out[j].told_at > out[j - 1].told_at; j--) {
      struct reply_sender later = out[j];
      out[j] = out[j - 1];
      out[j - 1] = later;
    }
  return count;
}

int reply_meant(const struct reply_sender *list, int count) {
  if (count == 0 || (count > 1 && !list[0].told_at)) return -1;
  for (int i = 1; i < count; i++)  // one person may be a contact of theirs twice over
    if (list[i].told_at && list[i].patient != list[0].patient) return -1;
  return 0;
}

bool reply_may_be(const struct reply_sender *list, int at) {
  return list[at].told_at || !list[0].told_at;
}

bool reply_question_load(struct care *care, const struct reply_sender *sender,
                         struct reply_question *out) {
  struct stmt *row = store_query(
      care->store,
      "SELECT q.id, q.enrollment, q.department, q.form FROM message m JOIN question q ON"
      " q.id=m.question WHERE m.patient=?1 AND m.person=?2 AND m.accepted_at IS NOT NULL "
      "AND"
      " (q.status='open' OR q.status='lapsed') AND q.expires_at>?3"
      " ORDER BY m.accepted_at DESC, m.id DESC LIMIT 1",
      "iii", sender->patient, sender->person, kernel_now(care->kernel));
  bool found = stmt_row(row);
  *out = (struct reply_question){0};
  if (found)
    *out = (struct reply_question){.id = stmt_int(row, 0),
                                   .enrollment = stmt_int(row, 1),
                                   .department = mem_copy_text(stmt_text(row, 2)),
                                   .form = mem_copy_text(stmt_text(row, 3))};
  stmt_done(row);
  return found;
}

void reply_question_deinit(struct reply_question *question) {
  mem_free(question->department);
  mem_free(question->form);
}
