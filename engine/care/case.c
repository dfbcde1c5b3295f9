#include "care/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/case_add.h"
#include "care/case_class.h"
#include "care/case_clock.h"
#include "care/case_desk.h"
#include "care/case_dispute.h"
#include "care/case_figure.h"
#include "care/case_public.h"
#include "care/case_receiver.h"
#include "care/enrollment.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/task.h"

void case_step(struct care *care, int64_t enrollment, const char *what, const char *who,
               const char *detail) {
  store_exec(care->store,
             "INSERT INTO case_step (enrollment, at, what, who, detail) VALUES "
             "(?1,?2,?3,?4,?5)",
             "iittt", enrollment, kernel_now(care->kernel), what, who, detail);
}

bool case_is(struct care *care, int64_t enrollment) {
  return enrollment &&
         store_int(care->store, 0, "SELECT 1 FROM case_file WHERE enrollment=?1", "i",
                   enrollment);
}

bool case_is_talking(struct care *care, int64_t enrollment) {
  int64_t since = kernel_now(care->kernel) - 30 * 60 * 1000;
  return store_int(
      care->store, 0,
      "SELECT 1 FROM case_file WHERE enrollment=?1 AND received_at>=?2 UNION "
      "ALL SELECT 1 FROM case_step WHERE enrollment=?1 AND what='added' AND who='sender'"
      " AND at>=?2 UNION ALL SELECT 1 FROM answer JOIN case_file ON "
      "sender=answer.patient WHERE "
      "case_file.enrollment=?1 AND by_kind='patient' AND at>=?2 LIMIT 1",
      "ii", enrollment, since);
}

void case_came_by(struct care *care, int64_t enrollment, char out[CASE_WAY_SIZE]) {
  struct stmt *row = store_query(
      care->store,
      "SELECT channel FROM case_file WHERE enrollment=?1 AND channel IN ('wechat','sms')",
      "i", enrollment);
  out[0] = '\0';
  if (stmt_row(row)) snprintf(out, CASE_WAY_SIZE, "%s", stmt_text(row, 0));
  stmt_done(row);
}

// --- making one

void case_code(const unsigned char key[16], const char *number,
               char out[CASE_CODE_SIZE]) {
  struct buf text = {0};
  char hex[65];
  buf_put(&text, key, 16);
  buf_puts(&text, number);
  digest_sha256(text.data, text.len, hex);
  for (int i = 0; i < CASE_CODE_SIZE - 1; i++)  // digits: they are read out and typed
    out[i] = (char)('0' + hex[i] % 10);
  out[CASE_CODE_SIZE - 1] = '\0';
  buf_deinit(&text);
}

enum { DIGITS = 5, DIGITS_MOST = 8, TRIES = 20 };

static void draw_digits(char *out, int digits) {
  char random[17];
  digest_random_id(random);
  for (int i = 0; i < digits; i++)
    out[i] =
        (char)('0' + ((unsigned char)random[i] * 31 + (unsigned char)random[i + 8]) % 10);
  out[digits] = '\0';
}

// Its row keeps it from the next one that comes in, also before this one is a case.
static bool reserve(struct care *care, const char *number) {
  bool taken = store_int(care->store, 0, "SELECT 1 FROM number_taken WHERE number=?1",
                         "t", number);
  if (!taken)
    store_exec(care->store, "INSERT INTO number_taken (number) VALUES (?1)", "t", number);
  return !taken;
}

// "20260302-47110": the day it came, and digits that tell no count; more of them on a day
// on which most are taken.
void case_new_number(struct care *care, char out[CASE_NUMBER_SIZE]) {
  struct civil day = zone_civil(care_site_zone(care), kernel_now(care->kernel));
  int len =
      snprintf(out, CASE_NUMBER_SIZE, "%04d%02d%02d-", (int)day.year, day.month, day.day);
  int tries = 0, digits = DIGITS;
  do {
    if (tries++ % TRIES == TRIES - 1 && digits < DIGITS_MOST) digits++;
    draw_digits(out + len, digits);
  } while (!reserve(care, out));
}

void case_put_facts(const char *body, size_t len, const struct value *triaged,
                    struct buf *out) {
  struct merge merge = {0};
  struct value key, item;
  struct value_iter iter = value_iterate(triaged);
  merge_bytes(&merge, body, len);
  while (value_next(&iter, &key, &item)) {
    char name[48] = "";
    memcpy(name, key.text.data, key.text.len < 47 ? key.text.len : 47);
    if (strcmp(name, "clocks") && strcmp(name, "at_risk") && strcmp(name, "levels"))
      merge_value(&merge, name, &item);
  }
  merge_end(&merge, out);
}

struct opened {  // of the event that it came by
  int64_t patient, at, encounter;
  struct buf facts;
};

static bool read_event(struct care *care, int64_t event, const struct value *triaged,
                       struct opened *out) {
  size_t len;
  struct stmt *row = store_query(
      care->store, "SELECT patient, at, encounter, body FROM event WHERE id=?1", "i",
      event);
  bool found = stmt_row(row);
  *out = (struct opened){0};
  if (found) {
    out->patient = stmt_int(row, 0);
    out->at = stmt_int(row, 1);
    out->encounter = stmt_int(row, 2);
    const char *body = stmt_bytes(row, 3, &len);
    case_put_facts(body, len, triaged, &out->facts);
  }
  stmt_done(row);
  return found;
}

static void insert(struct care *care, int64_t enrollment, const struct opened *opened,
                   const struct value *triaged, const struct value *facts) {
  struct value levels = value_field(triaged, "levels"),
               at_risk = value_field(triaged, "at_risk"),
               about = value_field(facts, "about");
  char *channel = value_copy_field(facts, "channel"),
       *receiver = value_copy_field(facts, "receiver"),
       *sure = value_copy_field(facts, "sure"),
       *number = value_copy_field(facts, "number"),
       *stay_sure = value_copy_field(facts, "stay_sure");
  store_exec(
      care->store,
      "INSERT INTO case_file (enrollment, number, department, triage, channel,"
      " received_at, facts, sender, patient, sure, encounter, receiver, levels,"
      " at_risk, stay_sure) SELECT id, ?2, department, pathway, ?3, ?4, ?5, patient, ?6,"
      " ?7, ?8, ?9, ?10, ?11, ?12 FROM enrollment WHERE id=?1",
      "ittibItItidt", enrollment, number, channel ? channel : "web", opened->at,
      opened->facts.data, opened->facts.len, value_int_or(&about, 0), sure,
      opened->encounter, receiver, value_int_or(&levels, 4),
      value_real_or(&at_risk, 0.75), stay_sure);
  case_step(care, enrollment, "received", receiver ? receiver : "channel", channel);
  mem_free(number);
  mem_free(channel);
  mem_free(receiver);
  mem_free(sure);
  mem_free(stay_sure);
}

static void tell_classes(struct care *care, int64_t enrollment,
                         const struct value *triaged) {
  static const char *const names[] = {"stage", "type", "nature", "urgency",
                                      "topic", "lead", "because"};
  struct buf detail = {0};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char *text = value_copy_field(triaged, names[i]);
    if (text && *text)
      buf_printf(&detail, "%s%s=%s", detail.len ? " " : "", names[i], text);
    mem_free(text);
  }
  case_step(care, enrollment, "classified", "phrases", buf_text(&detail));
  buf_deinit(&detail);
}

void case_open(struct care *care, int64_t enrollment, int64_t event,
               const struct value *triaged) {
  struct value clocks = value_field(triaged, "clocks"), facts;
  struct opened opened;
  if (read_event(care, event, triaged, &opened)) {
    value_read(opened.facts.data, opened.facts.len, &facts);
    insert(care, enrollment, &opened, triaged, &facts);
    tell_classes(care, enrollment, triaged);
    case_clock_begin(care, enrollment, 1, &clocks);
    if (case_is_dispute(care, enrollment))
      case_dispute(care, enrollment, true, "phrases");
    case_find_twin(care, enrollment);
  }
  buf_deinit(&opened.facts);
}

// --- what scripts know

static const char *const columns[] = {"number", "receiver", "level",     "stay",
                                      "round",  "levels",   "corrected", NULL};
static const char *const others[] = {
    "channel",   "text",  "stars",    "nature",   "stage", "type",   "urgency",
    "topic",     "faq",   "because",  "lead",     "joint", "ward",   "about",
    "anonymous", "score", "concerns", "approver", "bare",  "beside", NULL};

static bool is_in(const char *const list[], const char *name) {
  for (; *list; list++)
    if (!strcmp(*list, name)) return true;
  return false;
}

bool case_is_field(const char *name) {
  return is_in(columns, name) || is_in(others, name);
}

static void put_column(struct stmt *row, const char *name, struct buf *out) {
  int at = 1;
  while (strcmp(columns[at - 1], name) != 0) at++;
  if (stmt_null(row, at))
    value_put_nil(out);
  else if (!strcmp(name, "stay") || !strcmp(name, "corrected"))
    value_put_bool(out, true);
  else if (!strncmp(name, "level", 5) || !strcmp(name, "round"))
    value_put_int(out, stmt_int(row, at));
  else
    value_put_text(out, stmt_text(row, at));
}

// Who is turned to: in the ledger and to people it stays whoever took it in.
static void put_receiver(struct care *care, int64_t enrollment, struct buf *out) {
  char receiver[STAFF_SIZE];
  case_receiver(care, enrollment, receiver);
  if (receiver[0])
    value_put_text(out, receiver);
  else
    value_put_nil(out);
}

static void put_field(const char *bytes, size_t len, const char *name, struct buf *out) {
  struct value map, field = {.kind = VALUE_NIL};
  if (value_read(bytes, len, &map)) field = value_field(&map, name);
  value_put(out, &field);
}

void case_field(struct care *care, int64_t enrollment, int64_t event, const char *name,
                struct buf *out) {
  size_t len;
  if (enrollment && !strcmp(name, "receiver")) {
    put_receiver(care, enrollment, out);
    return;
  }
  struct stmt *row =
      enrollment
          ? store_query(
                care->store,
                "SELECT facts, number, receiver, level, encounter, round, levels, "
                "(SELECT 1"
                " FROM case_step s WHERE s.enrollment=?1 AND what='reclassified' LIMIT 1)"
                " FROM case_file WHERE enrollment=?1",
                "i", enrollment)
          : store_query(care->store,
                        "SELECT body, NULL, NULL, NULL, encounter, NULL, NULL, NULL FROM "
                        "event WHERE "
                        "id=?1 AND kind='feedback'",
                        "i", event);
  if (!stmt_row(row)) {
    value_put_nil(out);
  } else if (is_in(columns, name) && (enrollment || !strcmp(name, "stay"))) {
    put_column(row, name, out);
  } else {
    const char *bytes = stmt_bytes(row, 0, &len);
    put_field(bytes, len, name, out);
  }
  stmt_done(row);
}

// --- what scripts do

// The stay of that ward nearest to that day, of the patient whom it is about.
void case_link(struct care *care, int64_t enrollment, const struct value *answer) {
  char *ward = value_copy_field(answer, "ward"), *when = value_copy_field(answer, "when");
  int64_t stay = store_int(
      care->store, 0,
      "SELECT encounter.id FROM encounter JOIN case_file ON case_file.enrollment=?1 AND"
      " encounter.patient=coalesce(case_file.patient, case_file.sender) WHERE ?2 IS NULL "
      "OR"
      " ward=?2 ORDER BY abs(coalesce(discharged_at, admitted_at) -"
      " coalesce(unixepoch(?3)*1000, case_file.received_at)) LIMIT 1",
      "itt", enrollment, ward, when);
  struct buf detail = {0};
  buf_printf(&detail, "%s %s", ward ? ward : "", when ? when : "");
  store_exec(care->store,
             "UPDATE case_file SET encounter=coalesce(?2, encounter), stay_sure=CASE WHEN"
             " ?2 IS NULL THEN stay_sure ELSE 'sender' END, revision=revision+1 WHERE"
             " enrollment=?1",
             "iI", enrollment, stay);
  case_step(care, enrollment, "linked", "sender", detail.data);
  buf_deinit(&detail);
  mem_free(ward);
  mem_free(when);
}

void case_reopen(struct care *care, int64_t enrollment, const char *reason) {
  case_clock_end_all(care, enrollment);
  store_exec(care->store,
             "UPDATE case_file SET level=level+1, round=round+1, revision=revision+1 "
             "WHERE enrollment=?1",
             "i", enrollment);
  case_step(care, enrollment, "reopened", "script", reason);
  case_clock_begin_again(
      care, enrollment,
      store_int(care->store, 1, "SELECT round FROM case_file WHERE enrollment=?1", "i",
                enrollment));
}

static bool needs_a_person(struct care *care, int64_t enrollment) {
  struct buf nature = {0};
  struct value view;
  case_field(care, enrollment, 0, "nature", &nature);
  value_read(nature.data, nature.len, &view);
  bool complaint = value_is(&view, "complaint");
  buf_deinit(&nature);
  return complaint &&
         !store_int(care->store, 0,
                    "SELECT 1 FROM task WHERE enrollment=?1 AND status='done'", "i",
                    enrollment);
}

void case_ask_receiver(struct care *care, int64_t enrollment, const char *name,
                       const char *note) {
  struct status status = {0};
  struct stmt *row = store_query(
      care->store,
      "SELECT sender, department, coalesce(receiver, 'patient-relations') FROM case_file "
      "WHERE enrollment=?1",
      "i", enrollment);
  if (stmt_row(row)) {
    char *department = mem_copy_text(stmt_text(row, 1)),
         *role = mem_copy_text(stmt_text(row, 2));
    struct task_spec spec = {.patient = stmt_int(row, 0),
                             .enrollment = enrollment,
                             .department = department,
                             .name = name,
                             .role = role,
                             .note = note};
    stmt_done(row);
    spec.due_at = task_due(care, department, role, "1bd", &status);
    task_open(care, &spec);
    mem_free(department);
    mem_free(role);
  } else {
    stmt_done(row);
  }
}

void case_close(struct care *care, int64_t enrollment, const char *reason) {
  if (needs_a_person(care, enrollment))
    case_ask_receiver(care, enrollment, "close-case", reason);
  else
    enrollment_end(care, enrollment, reason);
}

void case_ended(struct care *care, int64_t enrollment, const char *reason) {
  if (!case_is(care, enrollment)) return;
  case_clock_end_all(care, enrollment);
  case_ping_pong_over(care, enrollment);
  store_exec(care->store,
             "UPDATE case_file SET closed_at=?2, closed=?3, paused_at=NULL, "
             "paused_why=NULL, revision=revision+1 WHERE enrollment=?1",
             "iit", enrollment, kernel_now(care->kernel), reason);
  case_step(care, enrollment, "closed", "script", reason);
  case_figure_keep(care, enrollment);
}

void case_handlers(struct care *care) {
  case_clock_handlers(care);
  case_desk_handlers(care);
  case_public_handlers(care);
  case_correct_handler(care);
  case_add_handler(care);
  case_class_handler(care);
}
