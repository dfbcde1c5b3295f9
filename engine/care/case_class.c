#include "care/case_class.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/case_clock.h"
#include "care/case_dispute.h"
#include "care/case_figure.h"
#include "care/case_receiver.h"
#include "care/ids.h"
#include "care/plan.h"
#include "care/question.h"
#include "care/task.h"

#define REASON "reclassified"

struct class {  // what the triages make of it now
  struct enrollment enrollment;
  char *triage;        // NULL: none takes it
  struct buf triaged;  // encoded, as case_open has it
};

void case_class_look(struct care *care, int64_t enrollment) {
  struct stmt *row = store_query(
      care->store,
      "SELECT sender FROM case_file WHERE enrollment=?1 AND closed_at IS NULL", "i",
      enrollment);
  int64_t sender = stmt_row(row) ? stmt_int(row, 0) : 0;
  stmt_done(row);
  if (sender)
    due_add(care->kernel, DUE_EVENT, kernel_now(care->kernel), WORK_CLASS, enrollment,
            sender);
}

// --- before the commit: Lua

struct asking {
  struct care *care;
  struct class *class;
};

static void ask(void *self, const char *id, const struct value *body) {
  struct asking *asking = self;
  struct class *class = asking->class;
  struct enrollment *enrollment = &class->enrollment;
  struct care *care = asking->care;
  struct value is_triage = value_field(body, "case"), view;
  struct status status = {0};
  if (class->triage || !value_true(&is_triage)) return;
  buf_clear(&class->triaged);
  if (care->scripts.callback(care->scripts.self, enrollment->department, id, NULL,
                             "triage", enrollment->patient, enrollment->id,
                             enrollment->event, &class->triaged, &status))
    log_line(LOG_LEVEL_ERROR, "case.class", "case=%lld triage=%s error=\"%s\"",
             (long long)enrollment->id, id, status.text);
  else if (value_read(buf_text(&class->triaged), class->triaged.len, &view) &&
           view.kind == VALUE_MAP)
    class->triage = mem_copy_text(id);
}

// Its own triage first.
static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct class *class = work->prepared = mem_alloc(sizeof *class);
  struct asking asking = {care, class};
  if (!enrollment_load(care->store, work->ref, &class->enrollment)) return;
  struct enrollment *enrollment = &class->enrollment;
  struct value own =
      catalog_find(care->catalog, enrollment->department, "pathway", enrollment->pathway);
  ask(&asking, enrollment->pathway, &own);
  catalog_each(care->catalog, enrollment->department, "pathway", ask, &asking);
}

static void release(void *self, struct work *work) {
  struct class *class = work->prepared;
  (void)self;
  enrollment_deinit(&class->enrollment);
  mem_free(class->triage);
  buf_deinit(&class->triaged);
  mem_free(class);
}

// --- in the commit

// Nobody beside the lead is the same whether as an empty list or an empty map.
static void put_word(struct care *care, int64_t id, const char *name, struct buf *out) {
  struct buf field = {0};
  struct value view;
  case_field(care, id, 0, name, &field);
  if (value_read(field.data, field.len, &view) && view.kind != VALUE_TEXT &&
      !value_count(&view))
    value_put_nil(out);
  else
    buf_put(out, field.data, field.len);
  buf_deinit(&field);
}

static struct buf words_of(struct care *care, int64_t id) {
  static const char *const names[] = {"lead", "joint"};
  struct buf words = {0};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    put_word(care, id, names[i], &words);
  return words;
}

static bool is_same(const struct buf *a, const struct buf *b) {
  return a->len == b->len && !memcmp(buf_text(a), buf_text(b), a->len);
}

// A person has said that it is another kind of case, whatever its route.
static bool is_another_kind(struct care *care, int64_t id) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM case_step WHERE enrollment=?1 AND what='corrected' AND"
                   " (detail LIKE 'nature=%' OR detail LIKE 'urgency=%') AND id>(SELECT"
                   " max(id) FROM case_step WHERE enrollment=?1 AND what IN"
                   " ('classified','reclassified')) LIMIT 1",
                   "i", id);
}

void case_class_put(struct care *care, int64_t id, struct buf *out) {
  static const char *const names[] = {"nature", "urgency"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct buf field = {0};
    struct value view;
    case_field(care, id, 0, names[i], &field);
    value_read(field.data, field.len, &view);
    buf_printf(out, i ? " %s=" : "%s=", names[i]);
    if (view.kind == VALUE_TEXT) buf_put(out, view.text.data, view.text.len);
    buf_deinit(&field);
  }
}

// What was said since has made it another kind, or are its first words.
static bool is_said_otherwise(struct care *care, int64_t id) {
  struct buf now = {0};
  char *was = store_text(
      care->store,
      "SELECT detail FROM case_step WHERE enrollment=?1 AND what='added' AND id>(SELECT"
      " max(id) FROM case_step WHERE enrollment=?1 AND what IN"
      " ('classified','reclassified')) ORDER BY id LIMIT 1",
      "i", id);
  case_class_put(care, id, &now);
  bool other = was && strcmp(was, buf_text(&now)) != 0;
  buf_deinit(&now);
  mem_free(was);
  return other;
}

// It complains of who took it in: another one is the contact from now on.
static void keep_receiver(struct care *care, int64_t id, const struct value *triaged) {
  struct value field = value_field(triaged, "receiver");
  char *was = store_text(care->store,
                         "SELECT receiver FROM case_file WHERE enrollment=?1", "i", id);
  char *receiver = value_copy_text(&field);
  if (receiver && was && case_accuses(care, id, was)) {
    store_exec(care->store, "UPDATE case_file SET receiver=?2 WHERE enrollment=?1", "it",
               id, receiver);
    case_step(care, id, "receiver", "engine", receiver);
  }
  mem_free(receiver);
  mem_free(was);
}

static void keep(struct care *care, const struct class *class,
                 const struct value *triaged) {
  size_t len;
  struct buf facts = {0};
  struct value tier = value_field(triaged, "tier"),
               at_risk = value_field(triaged, "at_risk"),
               levels = value_field(triaged, "levels");
  char *word = value_copy_text(&tier);
  struct stmt *row =
      store_query(care->store, "SELECT facts FROM case_file WHERE enrollment=?1", "i",
                  class->enrollment.id);
  if (stmt_row(row)) {
    const char *bytes = stmt_bytes(row, 0, &len);
    case_put_facts(bytes, len, triaged, &facts);
  }
  stmt_done(row);
  store_exec(care->store,
             "UPDATE case_file SET facts=?2, triage=?3, at_risk=?4, levels=?5,"
             " revision=revision+1 WHERE enrollment=?1",
             "ibtdi", class->enrollment.id, facts.data, facts.len, class->triage,
             value_real_or(&at_risk, 0.75), value_int_or(&levels, 4));
  keep_receiver(care, class->enrollment.id, triaged);
  store_exec(care->store, "UPDATE enrollment SET pathway=?2, tier=?3 WHERE id=?1", "itt",
             class->enrollment.id, class->triage, word ? word : "");
  mem_free(word);
  buf_deinit(&facts);
}

static void end_work(struct care *care, const struct enrollment *enrollment) {
  struct ids runs = ids_read(store_query(
      care->store,
      "SELECT id FROM run WHERE patient=?1 AND enrollment=?2 AND ended_at IS NULL", "ii",
      enrollment->patient, enrollment->id));
  case_clock_resume(care, enrollment->id);
  for (int64_t run; ids_next(&runs, &run);)
    run_finish(care->kernel, run, "ended", REASON, NULL);
  struct ids questions = ids_read(store_query(
      care->store,
      "SELECT id FROM question WHERE patient=?1 AND enrollment=?2 AND status IN "
      "('open','lapsed')",
      "ii", enrollment->patient, enrollment->id));
  for (int64_t question; ids_next(&questions, &question);)
    question_close(care, question, REASON);
  task_withdraw_for_enrollment(care, enrollment->id, REASON);
}

static void begin_again(struct care *care, const struct class *class) {
  struct enrollment enrollment = class->enrollment;  // as it is now: another triage
  struct plan plan;
  struct schedule_occurrence now = {.due_ms = kernel_now(care->kernel)};
  enrollment.pathway = class->triage;
  plan_init(care, &enrollment, &plan);
  if (!plan.schedule || !plan.schedule->count) return;
  snprintf(
      now.key, sizeof now.key, "again %lld",
      (long long)store_int(care->store, 0, "SELECT count(*) FROM run WHERE enrollment=?1",
                           "i", enrollment.id));
  plan_begin(care, &enrollment, &plan.schedule->steps[0], &now);
}

static void tell(struct care *care, const struct class *class,
                 const struct value *triaged) {
  static const char *const names[] = {"tier", "lead"};
  struct buf detail = {0};
  buf_printf(&detail, "triage=%s", class->triage);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct value field = value_field(triaged, names[i]);
    char *word = value_copy_text(&field);
    if (word) buf_printf(&detail, " %s=%s", names[i], word);
    mem_free(word);
  }
  case_step(care, class->enrollment.id, REASON, "phrases", detail.data);
  buf_deinit(&detail);
}

// One whose first run has not begun yet sees what is new when it does.
static bool has_begun(const struct enrollment *enrollment) {
  return !enrollment->next_at;
}

static void follow(struct care *care, struct class *class, const struct value *triaged) {
  struct enrollment *enrollment = &class->enrollment;
  struct value clocks = value_field(triaged, "clocks"),
               tier = value_field(triaged, "tier");
  struct buf before = words_of(care, enrollment->id), after;
  bool other = is_another_kind(care, enrollment->id) ||
               strcmp(class->triage, enrollment->pathway) != 0 ||
               !value_is(&tier, enrollment->tier);
  bool dispute = case_is_dispute(care, enrollment->id);
  keep(care, class, triaged);
  if (!dispute && case_is_dispute(care, enrollment->id))
    case_dispute(care, enrollment->id, true, "phrases");
  after = words_of(care, enrollment->id);
  other = other || !is_same(&before, &after) || is_said_otherwise(care, enrollment->id);
  case_clock_follow(
      care, enrollment->id,
      store_int(care->store, 1, "SELECT round FROM case_file WHERE enrollment=?1", "i",
                enrollment->id),
      &clocks);
  if (other && has_begun(enrollment)) {
    tell(care, class, triaged);
    end_work(care, enrollment);
    begin_again(care, class);
  }
  case_figure_keep(care, enrollment->id);
  buf_deinit(&before);
  buf_deinit(&after);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct class *class = work->prepared;
  struct value triaged;
  bool open = store_int(
      care->store, 0, "SELECT 1 FROM case_file WHERE enrollment=?1 AND closed_at IS NULL",
      "i", work->ref);
  if (open && class->triage &&
      value_read(class->triaged.data, class->triaged.len, &triaged))
    follow(care, class, &triaged);
}

void case_class_handler(struct care *care) {
  static const struct work_handler handler = {
      .prepare = prepare, .apply = apply, .release = release};
  kernel_handle(care->kernel, WORK_CLASS, &handler, care);
}
