#include "care/plan_diff.h"

#include <string.h>

#include "base/mem.h"
#include "care/definition_diff.h"
#include "care/mapping.h"
#include "care/plan.h"

enum { AHEAD = 64 };  // occurrences compared of one step and enrollment

struct step_diff {
  char *id;
  int old, new;        // index in the schedules, -1: not there
  const char *change;  // new gone moved changed; NULL: nothing
  struct buf before, after;
  int64_t enrollments;
};

struct pathway_diff {
  char *id;
  struct schedule *old, *new;  // NULL: not there
  struct step_diff *steps;
  int count;
  bool changed, code;
  int64_t enrollments;
};

struct plan_diff {
  struct care *care;
  char *department;
  struct pathway_diff *pathways;
  int count;
  int64_t after, now;
};

static void put_words(struct buf *out, const struct value *value) {
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  if (value->kind == VALUE_TEXT)
    buf_put(out, value->text.data, value->text.len);
  else if (value->kind == VALUE_INT)
    buf_printf(out, "%lld", (long long)value->integer);
  else
    for (bool first = true; value_next(&iter, &key, &item); first = false) {
      if (!first) buf_puts(out, ", ");
      if (iter.map) buf_put(out, key.text.data, key.text.len);
      if (iter.map) buf_putc(out, ' ');
      put_words(out, &item);
    }
}

// "every 7d 09:00 from 3d to 42d".
static void put_when(struct buf *out, const struct value *step,
                     const char *const *fields) {
  for (; *fields; fields++) {
    struct value value = value_field(step, *fields);
    if (value.kind == VALUE_NIL) continue;
    buf_printf(out, "%s%s ", out->len ? " " : "", *fields);
    put_words(out, &value);
  }
}

static struct value step_of(const struct value *pathway, const char *id) {
  struct value steps = value_field(pathway, "steps"), step;
  struct value_iter iter = value_iterate(&steps);
  while (steps.kind == VALUE_LIST && value_next(&iter, NULL, &step)) {
    struct value name = value_field(&step, "id");
    if (value_is(&name, id)) return step;
  }
  return (struct value){0};
}

static bool same_buf(const struct buf *a, const struct buf *b) {
  return a->len == b->len && !memcmp(buf_text(a), buf_text(b), a->len);
}

static const char *change_of(const struct value *before, const struct value *after,
                             const struct step_diff *step) {
  static const char *const late[] = {"valid_for", "missed", NULL};
  struct buf a = {0}, b = {0};
  if (step->old < 0) return "new";
  if (step->new < 0) return "gone";
  if (!same_buf(&step->before, &step->after)) return "moved";
  put_when(&a, before, late);
  put_when(&b, after, late);
  bool same = same_buf(&a, &b);
  buf_deinit(&a);
  buf_deinit(&b);
  return same ? NULL : "changed";
}

static void add_step(struct pathway_diff *pathway, const char *id,
                     const struct value *before, const struct value *after) {
  static const char *const when[] = {"at", "every", "from", "to", "count", NULL};
  struct value old = step_of(before, id), new = step_of(after, id);
  struct step_diff step = {.id = mem_copy_text(id),
                           .old = pathway->old ? schedule_find(pathway->old, id) : -1,
                           .new = pathway->new ? schedule_find(pathway->new, id) : -1};
  put_when(&step.before, &old, when);
  put_when(&step.after, &new, when);
  step.change = change_of(&old, &new, &step);
  if (step.change) pathway->changed = true;
  pathway->steps =
      mem_resize(pathway->steps, (size_t)(pathway->count + 1) * sizeof *pathway->steps);
  pathway->steps[pathway->count++] = step;
}

static int parse(const struct value *pathway, struct schedule **out,
                 struct status *status) {
  struct value steps = value_field(pathway, "steps");
  if (pathway->kind == VALUE_NIL) return OK;
  return schedule_parse(&steps, out, status);
}

static int add_pathway(struct plan_diff *diff, const char *id, const struct value *before,
                       const struct value *after, struct status *status) {
  diff->pathways =
      mem_resize(diff->pathways, (size_t)(diff->count + 1) * sizeof *diff->pathways);
  struct pathway_diff *pathway = &diff->pathways[diff->count++];
  *pathway = (struct pathway_diff){.id = mem_copy_text(id)};
  if (parse(before, &pathway->old, status) || parse(after, &pathway->new, status))
    return status_prefix(status, "pathway '%s'", id);
  for (size_t i = 0; pathway->old && i < pathway->old->count; i++)
    add_step(pathway, pathway->old->steps[i].id, before, after);
  for (size_t i = 0; pathway->new &&i < pathway->new->count; i++)
    if (!pathway->old || schedule_find(pathway->old, pathway->new->steps[i].id) < 0)
      add_step(pathway, pathway->new->steps[i].id, before, after);
  pathway->code = !definition_same_code(before, after);
  if (!definition_same(before, after)) pathway->changed = true;
  return OK;
}

static int add_pathways(struct plan_diff *diff, const struct value *from,
                        const struct value *other, bool swapped, struct status *status) {
  struct value_iter iter = value_iterate(from);
  struct value id, body;
  int code = OK;
  while (!code && from->kind == VALUE_MAP && value_next(&iter, &id, &body)) {
    char *text = value_copy_text(&id);
    struct value match = value_field(other, text);
    if (!swapped)
      code = add_pathway(diff, text, &body, &match, status);
    else if (match.kind == VALUE_NIL)
      code = add_pathway(diff, text, &match, &body, status);
    mem_free(text);
  }
  return code;
}

struct plan_diff *plan_diff_new(struct care *care, const char *department,
                                const struct value *before, const struct value *after,
                                struct status *status) {
  struct plan_diff *diff = mem_alloc(sizeof *diff);
  struct value old = value_field(before, "pathway"), new = value_field(after, "pathway");
  diff->care = care;
  diff->department = mem_copy_text(department);
  diff->now = kernel_now(care->kernel);
  if (!add_pathways(diff, &old, &new, false, status) &&
      !add_pathways(diff, &new, &old, true, status))
    return diff;
  plan_diff_free(diff);
  return NULL;
}

static void pathway_free(struct pathway_diff *pathway) {
  for (int i = 0; i < pathway->count; i++) {
    mem_free(pathway->steps[i].id);
    buf_deinit(&pathway->steps[i].before);
    buf_deinit(&pathway->steps[i].after);
  }
  mem_free(pathway->steps);
  mem_free(pathway->id);
  schedule_free(pathway->old);
  schedule_free(pathway->new);
}

void plan_diff_free(struct plan_diff *diff) {
  if (!diff) return;
  for (int i = 0; i < diff->count; i++) pathway_free(&diff->pathways[i]);
  mem_free(diff->pathways);
  mem_free(diff->department);
  mem_free(diff);
}

// The next occurrence of the step after *at, which becomes its moment; false: none left.
static bool next(const struct schedule *schedule, int step,
                 const struct schedule_plan *plan, int64_t *at) {
  struct schedule_occurrence occurrence;
  struct status status = {0};
  if (step < 0 ||
      schedule_step_next(schedule, (size_t)step, plan, *at, &occurrence, &status))
    return false;
  *at = occurrence.due_ms;
  return true;
}

static bool touches(const struct pathway_diff *pathway, const struct step_diff *step,
                    const struct schedule_plan *plan, int64_t now) {
  int64_t before = now, after = now;
  for (int i = 0; i < AHEAD; i++) {
    bool old = next(pathway->old, step->old, plan, &before),
         new = next(pathway->new, step->new, plan, &after);
    if (old != new || (old && before != after)) return true;
    if (!old) return false;
    if (!strcmp(step->change, "changed")) return true;
  }
  return false;
}

static void count(struct plan_diff *diff, struct pathway_diff *pathway,
                  const struct enrollment *enrollment) {
  struct plan plan;
  pathway->enrollments++;
  plan_init(diff->care, enrollment, &plan);
  for (int i = 0; i < pathway->count; i++) {
    struct step_diff *step = &pathway->steps[i];
    if (step->change && touches(pathway, step, &plan.plan, diff->now))
      step->enrollments++;
  }
}

static void look_at(struct plan_diff *diff, struct stmt *row) {
  struct enrollment enrollment = {.id = stmt_int(row, 0),
                                  .enrolled_at = stmt_int(row, 1),
                                  .anchor_at = stmt_int(row, 2),
                                  .department = diff->department,
                                  .pathway = (char *)stmt_text(row, 3),
                                  .tier = (char *)stmt_text(row, 4),
                                  .zone = (char *)stmt_text(row, 5)};
  for (int i = 0; i < diff->count; i++)
    if ((diff->pathways[i].changed || diff->pathways[i].code) &&
        !strcmp(diff->pathways[i].id, enrollment.pathway))
      count(diff, &diff->pathways[i], &enrollment);
}

// Rows of other departments and of ended ones are passed over, and count all the same.
bool plan_diff_step(struct plan_diff *diff, int ms) {
  enum { LOOK = 64 };
  int64_t until = clock_steady_ms() + ms;
  bool more = true;
  int looked = 0;
  struct stmt *row = store_query(
      diff->care->store,
      "SELECT id, enrolled_at, anchor_at, pathway, tier, (SELECT zone FROM patient WHERE "
      "id=enrollment.patient), department=?2 AND status<>'ended' FROM enrollment WHERE "
      "id>?1 ORDER BY id",
      "it", diff->after, diff->department);
  while ((looked++ % LOOK || clock_steady_ms() < until) && (more = stmt_row(row))) {
    diff->after = stmt_int(row, 0);
    if (stmt_int(row, 6)) look_at(diff, row);
  }
  stmt_done(row);
  return more;
}

static void put_step(const struct step_diff *step, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "after", step->after.len ? buf_text(&step->after) : NULL);
  mapping_text(&map, "before", step->before.len ? buf_text(&step->before) : NULL);
  mapping_text(&map, "change", step->change);
  mapping_int(&map, "enrollments", step->enrollments);
  mapping_text(&map, "id", step->id);
  mapping_end(&map);
}

static void put_pathway(const struct pathway_diff *pathway, struct buf *out) {
  struct buf steps = {0};
  struct value view;
  uint32_t changed = 0;
  size_t begun = value_begin_list(&steps);
  for (int i = 0; i < pathway->count; i++)
    if (pathway->steps[i].change) put_step(&pathway->steps[i], &steps), changed++;
  value_end(&steps, begun, changed);
  value_read(steps.data, steps.len, &view);
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "change",
               !pathway->old      ? "new"
               : !pathway->new    ? "gone"
               : pathway->changed ? "changed"
                                  : "code");
  mapping_int(&map, "enrollments", pathway->enrollments);
  mapping_text(&map, "id", pathway->id);
  mapping_value(&map, "steps", &view);
  mapping_end(&map);
  buf_deinit(&steps);
}

void plan_diff_put(const struct plan_diff *diff, struct buf *out) {
  size_t begun = value_begin_list(out);
  uint32_t changed = 0;
  for (int i = 0; i < diff->count; i++) {
    if (!diff->pathways[i].changed && !diff->pathways[i].code) continue;
    put_pathway(&diff->pathways[i], out);
    changed++;
  }
  value_end(out, begun, changed);
}
