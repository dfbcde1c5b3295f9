#include "care/happening.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/commands.h"
#include "care/enrollment.h"
#include "care/facts.h"
#include "care/happening_parts.h"
#include "care/hearing.h"
#include "care/ids.h"
#include "care/mapping.h"
#include "care/qualify.h"
#include "care/quarantine.h"
#include "care/question.h"

static bool is_reading(const struct happening *happening) {
  return !strncmp(happening->kind, "observation:", strlen("observation:"));
}

struct decision *happening_decide(struct happening *happening, enum decision_kind kind,
                                  const char *pathway, const char *name) {
  struct decision *decision = mem_alloc(sizeof *decision);
  decision->kind = kind;
  decision->department = mem_copy_text(happening->department);
  decision->pathway = mem_copy_text(pathway);
  decision->name = mem_copy_text(name);
  decision->event = happening->event;
  decision->enrollment = happening->enrollment;
  *happening->end = decision;
  happening->end = &decision->next;
  return decision;
}

static void decision_free(struct decision *decision) {
  mem_free(decision->department);
  mem_free(decision->pathway);
  mem_free(decision->name);
  mem_free(decision->tier);
  mem_free(decision->rearm);
  buf_deinit(&decision->value);
  buf_deinit(&decision->flag);
  mem_free(decision);
}

static bool is_on(const struct value *on, const char *kind) {
  struct value item;
  struct value_iter iter = value_iterate(on);
  if (value_is(on, kind)) return true;
  while (value_next(&iter, NULL, &item))
    if (value_is(&item, kind)) return true;
  return false;
}

bool happening_ask_where(struct happening *happening, const char *pathway,
                         const char *watch, const char *which, int64_t event,
                         struct buf *flag) {
  struct care *care = happening->care;
  struct status status = {0};
  struct value view;
  const char *guarded = pathway ? pathway : watch;
  if (quarantine_holds(care, happening->department, guarded)) return false;
  int code = care->scripts.callback(care->scripts.self, happening->department, pathway,
                                    watch, which, happening->patient,
                                    happening->enrollment, event, flag, &status);
  if (code) {
    happening_decide(happening, DECIDE_TELL, pathway, guarded)->failed = status;
    return false;
  }
  return value_read(buf_text(flag), flag->len, &view) && value_true(&view);
}

// Codes and orders may come after the event that enrolls: then that event is looked at
// again (WARD 21).
static int64_t event_meant(struct happening *happening, const struct value *on) {
  if (is_on(on, happening->kind)) return happening->event;
  if (strcmp(happening->kind, "procedure") && strcmp(happening->kind, "diagnosis") &&
      strcmp(happening->kind, "drug"))
    return 0;
  int64_t earlier =
      store_int(happening->care->store, 0,
                "SELECT id FROM event WHERE patient=?1 AND kind='discharge' AND (?2=0 OR "
                "encounter=?2) ORDER BY id DESC LIMIT 1",
                "ii", happening->patient, happening->encounter);
  return is_on(on, "discharge") ? earlier : 0;
}

static char *ask_tier(struct happening *happening, const char *pathway, int64_t event) {
  struct status status = {0};
  char *tier = enrollment_evaluate_tier(happening->care, happening->department, pathway,
                                        happening->patient, 0, event, &status);
  if (status.code)
    happening_decide(happening, DECIDE_TELL, pathway, pathway)->failed = status;
  return tier;
}

bool happening_meets(struct happening *happening, const struct value *enroll,
                     int64_t event) {
  struct subject subject = {happening->care, "", happening->patient, 0, event};
  const struct buf *body = facts_seen(&subject, "event");
  struct value view;
  return value_read_front(body->data, body->len, &view) && qualifies(enroll, &view);
}

// Feedback belongs to the first triage that takes it.
static void look_at_triage(struct happening *happening, const char *id) {
  struct buf made = {0};
  struct value view;
  if (strcmp(happening->kind, "feedback") || happening->taken) return;
  if (happening_ask_where(happening, id, NULL, "triage", happening->event, &made) &&
      value_read(made.data, made.len, &view) && view.kind == VALUE_MAP) {
    struct value tier = value_field(&view, "tier");
    struct decision *decision = happening_decide(happening, DECIDE_CASE, id, NULL);
    decision->tier = value_copy_text(&tier);
    buf_put(&decision->value, made.data, made.len);
    happening->taken = true;
  }
  buf_deinit(&made);
}

static void look_at_pathway(void *self, const char *id, const struct value *body) {
  struct happening *happening = self;
  struct value triage = value_field(body, "case");
  if (value_true(&triage)) {
    look_at_triage(happening, id);
    return;
  }
  struct value enroll = value_field(body, "enroll"), on = value_field(&enroll, "on"),
               where = value_field(&enroll, "where"), tier = value_field(body, "tier");
  int64_t event = event_meant(happening, &on);
  struct buf flag = {0};
  if (event && happening_meets(happening, &enroll, event) &&
      (where.kind == VALUE_NIL ||
       happening_ask_where(happening, id, NULL, "enroll.where", event, &flag))) {
    struct decision *decision = happening_decide(happening, DECIDE_ENROLL, id, NULL);
    decision->event = event;
    if (value_true(&tier)) decision->tier = ask_tier(happening, id, event);
  }
  buf_deinit(&flag);
}

// With a `clear` of its own it stays as it is between the two conditions.
static bool may_rearm(struct happening *happening, const char *id,
                      const struct value *body) {
  struct value clear = value_field(body, "clear");
  struct buf flag = {0};
  bool cleared =
      clear.kind == VALUE_NIL || happening_ask_where(happening, happening->pathway, id,
                                                     "clear", happening->event, &flag);
  buf_deinit(&flag);
  return cleared;
}

static void look_at_watch(struct happening *happening, const char *id,
                          const struct value *body) {
  struct value on = value_field(body, "on"), where = value_field(body, "where"),
               rearm = value_field(body, "rearm");
  struct buf flag = {0};
  if (!is_on(&on, happening->kind)) return;
  bool fires =
      where.kind == VALUE_NIL || happening_ask_where(happening, happening->pathway, id,
                                                     "where", happening->event, &flag);
  if (!fires && !may_rearm(happening, id, body)) {
    buf_deinit(&flag);
    return;
  }
  struct decision *decision = happening_decide(
      happening, fires ? DECIDE_WATCH : DECIDE_QUIET, happening->pathway, id);
  decision->rearm = value_copy_text(&rearm);
  decision->value = flag;
}

static bool is_concerned(struct happening *happening) {
  return store_int(happening->care->store, 0,
                   "SELECT 1 FROM access WHERE patient=?1 AND department=?2 UNION ALL "
                   "SELECT 1 FROM enrollment WHERE patient=?1 AND department=?2 LIMIT 1",
                   "it", happening->patient, happening->department);
}

static void look_at_loose_watches(struct happening *happening, const char *department) {
  const struct hearing *hearing = catalog_hearing(happening->care->catalog);
  struct heard heard = {0};
  bool any = hearing_next(hearing, happening->kind, department, &heard);
  if (!any || !is_concerned(happening)) return;
  for (; any; any = hearing_next(hearing, happening->kind, department, &heard))
    look_at_watch(happening, heard.id, heard.body);
}

static void look_at_department(void *self, const char *department) {
  struct happening *happening = self;
  if (happening->only && strcmp(happening->only, department)) return;
  happening->department = department;
  happening->enrollment = 0;
  happening->pathway = NULL;
  catalog_each(happening->care->catalog, department, "pathway", look_at_pathway,
               happening);
  look_at_loose_watches(happening, department);
}

static void look_at_enrollment(struct happening *happening) {
  struct value pathway = catalog_find(happening->care->catalog, happening->department,
                                      "pathway", happening->pathway);
  struct value watches = value_field(&pathway, "watches"), watch;
  struct value_iter iter = value_iterate(&watches);
  while (value_next(&iter, NULL, &watch)) {
    struct value id = value_field(&watch, "id");
    char *name = value_copy_text(&id);
    look_at_watch(happening, name, &watch);
    mem_free(name);
  }
}

static void look_at_enrollments(struct happening *happening) {
  struct stmt *rows = store_query(happening->care->store,
                                  "SELECT id, department, pathway FROM enrollment WHERE "
                                  "patient=?1 AND status='active'",
                                  "i", happening->patient);
  while (stmt_row(rows)) {
    char *department = mem_copy_text(stmt_text(rows, 1)),
         *pathway = mem_copy_text(stmt_text(rows, 2));
    happening->enrollment = stmt_int(rows, 0);
    happening->department = department;
    happening->pathway = pathway;
    if (!happening->only || !strcmp(happening->only, department))
      look_at_enrollment(happening);
    mem_free(department);
    mem_free(pathway);
  }
  stmt_done(rows);
}

static bool asks_only(const struct value *form, const char *code, struct value *item) {
  struct value items = value_field(form, "items");
  if (value_count(&items) != 1) return false;
  *item = value_at(&items, 0);
  struct value observe = value_field(item, "observe");
  return value_is(&observe, code);
}

static void answer_with(struct happening *happening, int64_t question, const char *form,
                        const struct value *item, const struct value *measured) {
  struct decision *decision = happening_decide(happening, DECIDE_ANSWER, NULL, form);
  struct value id = value_field(item, "id"), view;
  decision->question = question;
  size_t map = value_begin_map(&decision->value);
  value_put_key_bytes(&decision->value, id.text.data, id.text.len);
  value_put(&decision->value, measured);
  value_end(&decision->value, map, 1);
  value_read(decision->value.data, decision->value.len, &view);
  form_judge(happening->care, happening->department, form, &view, happening->patient,
             happening->enrollment, &decision->flag, &decision->unjudged);
}

static void look_at_question(struct happening *happening, struct stmt *row,
                             const struct value *measured) {
  char *department = mem_copy_text(stmt_text(row, 1)),
       *form = mem_copy_text(stmt_text(row, 2));
  struct value body = catalog_find(happening->care->catalog, department, "form", form),
               item;
  happening->department = department;
  happening->enrollment = stmt_int(row, 3);
  if (asks_only(&body, happening->kind + strlen("observation:"), &item))
    answer_with(happening, stmt_int(row, 0), form, &item, measured);
  mem_free(department);
  mem_free(form);
}

// What was measured, when it came by itself.
static struct value measured_of(struct happening *happening) {
  struct subject subject = {happening->care, "", happening->patient, 0, happening->event};
  const struct buf *event = facts_seen(&subject, "event");
  struct value body = {0};
  value_read(event->data, event->len, &body);
  struct value measured = value_field(&body, "value"),
               answer = value_field(&body, "answer");
  bool number = measured.kind == VALUE_INT || measured.kind == VALUE_REAL;
  return answer.kind == VALUE_NIL && number ? measured : (struct value){0};
}

// A measurement that arrives by itself answers an open one-question form (SCRIPTING rule
// 10).
static void look_at_questions(struct happening *happening) {
  if (!is_reading(happening)) return;
  struct stmt *rows = store_query(happening->care->store,
                                  "SELECT id, department, form, enrollment FROM "
                                  "question WHERE patient=?1 AND status='open'",
                                  "i", happening->patient);
  while (stmt_row(rows)) {
    struct value measured = measured_of(happening);
    if (measured.kind != VALUE_NIL) look_at_question(happening, rows, &measured);
  }
  stmt_done(rows);
}

static char *department_of(struct stmt *row, int column) {
  size_t len;
  const char *bytes = stmt_bytes(row, column, &len);
  struct value body, department;
  if (!value_read(bytes, len, &body)) return NULL;
  department = value_field(&body, "department");
  return value_copy_text(&department);
}

static bool load_event(struct happening *happening) {
  struct stmt *row =
      store_query(happening->care->store,
                  "SELECT patient, encounter, at, kind, body FROM event WHERE id=?1", "i",
                  happening->event);
  bool found = stmt_row(row);
  if (found) {
    happening->patient = stmt_int(row, 0);
    happening->encounter = stmt_int(row, 1);
    happening->at = stmt_int(row, 2);
    happening->kind = mem_copy_text(stmt_text(row, 3));
    if (!strcmp(happening->kind, "reply")) happening->only = department_of(row, 4);
  }
  stmt_done(row);
  return found;
}

static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct happening *happening = mem_alloc(sizeof *happening);
  *happening =
      (struct happening){.care = care, .event = work->ref, .end = &happening->first};
  work->prepared = happening;
  if (!load_event(happening)) return;
  happening_look_again(happening);
  look_at_enrollments(happening);
  catalog_each_department(care->catalog, look_at_department, happening);
  look_at_questions(happening);
}

static void release(void *self, struct work *work) {
  (void)self;
  struct happening *happening = work->prepared;
  while (happening->first) {
    struct decision *next = happening->first->next;
    decision_free(happening->first);
    happening->first = next;
  }
  mem_free(happening->kind);
  mem_free(happening->only);
  mem_free(happening);
}

// A reading ends no enrollment by itself; it may move a tier.
static bool may_turn(const struct happening *happening) {
  return !is_reading(happening) ||
         hearing_tiers(catalog_hearing(happening->care->catalog));
}

static void retier_all(struct care *care, int64_t patient) {
  struct ids live = ids_read(store_query(
      care->store, "SELECT id FROM enrollment WHERE patient=?1 AND status='active'", "i",
      patient));
  for (int64_t id; ids_next(&live, &id);) enrollment_turned(care, id, patient);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct happening *happening = work->prepared;
  // Who is enrolled below has just been given a tier.
  if (may_turn(happening)) retier_all(care, happening->patient);
  for (struct decision *decision = happening->first; decision; decision = decision->next)
    happening_apply(happening, decision);
  happening_give_to_a_person(happening);
}

static const struct work_handler handler = {
    .prepare = prepare, .apply = apply, .release = release};

void happening_handlers(struct care *care) {
  kernel_handle(care->kernel, WORK_EVENT, &handler, care);
}

// What no definition listens to is no work of its own; it may move a tier all the same.
static void announce(struct care *care, int64_t patient, const char *kind, int64_t id) {
  const struct hearing *hearing = catalog_hearing(care->catalog);
  if (hearing_has(hearing, kind) || !strcmp(kind, "feedback"))
    due_add(care->kernel, DUE_EVENT, kernel_now(care->kernel), WORK_EVENT, id, patient);
  else if (hearing_tiers(hearing))
    enrollment_retier_all(care, patient);
}

void event_look_again(struct care *care, int64_t event) {
  struct stmt *row =
      store_query(care->store, "SELECT patient, kind FROM event WHERE id=?1", "i", event);
  int64_t patient = stmt_row(row) ? stmt_int(row, 0) : 0;
  char *kind = patient ? mem_copy_text(stmt_text(row, 1)) : NULL;
  stmt_done(row);
  store_exec(care->store, "UPDATE event SET recorded_at=?2 WHERE id=?1", "ii", event,
             kernel_now(care->kernel));
  if (kind) announce(care, patient, kind, event);
  mem_free(kind);
}

int64_t event_record(struct care *care, int64_t patient, const char *kind, int64_t at,
                     int64_t encounter, int64_t inbox, const struct value *body) {
  struct buf encoded = {0};
  int64_t now = kernel_now(care->kernel);
  value_put(&encoded, body);
  store_exec(care->store,
             "INSERT INTO event (patient, kind, at, recorded_at, encounter, inbox, body) "
             "VALUES (?1,?2,?3,?4,?5,?6,?7)",
             "itiiIIb", patient, kind, at, now, encounter, inbox, encoded.data,
             encoded.len);
  buf_deinit(&encoded);
  int64_t id = store_last_id(care->store);
  announce(care, patient, kind, id);
  commands_event(care, patient, kind, id);
  return id;
}
