#include "care/enroll.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/enrollment.h"
#include "care/plan.h"
#include "care/task.h"

struct origin {  // the event and stay that enroll
  int64_t at, encounter, admitted_at, discharged_at;
  char leaving[16], zone[48];  // zone: the patient's own, ""
  bool dead, back_in_bed;      // discharged, and admitted again before this came in
};

static bool load_origin(struct care *care, const struct enroll_spec *spec,
                        struct origin *out) {
  struct stmt *row = store_query(
      care->store,
      "SELECT event.at, event.encounter, admitted_at, discharged_at, leaving, died_at, "
      "inpatient AND event.kind='discharge', zone FROM event "
      "JOIN patient ON patient.id = event.patient "
      "LEFT JOIN encounter ON encounter.id = event.encounter WHERE event.id=?1",
      "i", spec->event);
  bool found = stmt_row(row);
  *out = (struct origin){0};
  if (found) {
    *out = (struct origin){.at = stmt_int(row, 0),
                           .encounter = stmt_int(row, 1),
                           .admitted_at = stmt_int(row, 2),
                           .discharged_at = stmt_int(row, 3),
                           .dead = !stmt_null(row, 5),
                           .back_in_bed = stmt_int(row, 6) != 0};
    if (stmt_text(row, 4))
      strncpy(out->leaving, stmt_text(row, 4), sizeof out->leaving - 1);
    if (stmt_text(row, 7)) strncpy(out->zone, stmt_text(row, 7), sizeof out->zone - 1);
  }
  stmt_done(row);
  return found;
}

// The booking that the event tells of; of other events, the patient's next one.
static int64_t appointment_of(struct care *care, const struct enroll_spec *spec) {
  struct stmt *row = store_query(
      care->store, "SELECT body FROM event WHERE id=?1 AND kind LIKE 'appointment%'", "i",
      spec->event);
  struct value body = {0};
  size_t len = 0;
  const char *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) value_read(bytes, len, &body);
  struct value when = value_field(&body, "when");
  int64_t at = value_int_or(&when, 0);
  stmt_done(row);
  if (at) return at;
  return store_int(
      care->store, 0,
      "SELECT min(at) FROM appointment WHERE patient=?1 AND at>=?2 AND status='booked'",
      "ii", spec->patient, kernel_now(care->kernel));
}

static int64_t anchor_of(struct care *care, const struct enroll_spec *spec,
                         const struct origin *origin, const struct value *anchor) {
  int64_t now = kernel_now(care->kernel), at = 0;
  if (value_is(anchor, "discharge"))
    at = origin->discharged_at;
  else if (value_is(anchor, "admission"))
    at = origin->admitted_at;
  else if (value_is(anchor, "surgery"))
    at = store_int(care->store, 0,
                   "SELECT max(at) FROM clinical WHERE patient=?1 AND kind='procedure' "
                   "AND withdrawn_at IS NULL",
                   "i", spec->patient);
  else if (value_is(anchor, "appointment"))
    at = appointment_of(care, spec);
  else
    return now;
  return at ? at : origin->at;
}

// Against advice or transferred: the head nurse decides (WARD 2).
static bool left_to_a_person(struct care *care, const struct enroll_spec *spec,
                             const struct origin *origin) {
  struct status status = {0};
  if (strcmp(origin->leaving, "against-advice") && strcmp(origin->leaving, "transfer"))
    return false;
  struct buf note = {0};
  buf_printf(&note, "left the hospital %s: decide whether to follow up on pathway %s",
             origin->leaving, spec->pathway);
  task_open(care, &(struct task_spec){.patient = spec->patient,
                                      .department = spec->department,
                                      .name = "decide-follow-up",
                                      .role = "head-nurse",
                                      .note = note.data,
                                      .due_at = task_due(care, spec->department,
                                                         "head-nurse", "1bd", &status)});
  buf_deinit(&note);
  return true;
}

static bool came_before(struct care *care, const struct enroll_spec *spec) {
  return store_int(
      care->store, 0,
      "SELECT 1 FROM enrollment WHERE patient=?1 AND department=?2 AND "
      "pathway=?3 AND event=?4 AND coalesce(ended_reason,'')<>'coding-withdrawn'",
      "itti", spec->patient, spec->department, spec->pathway, spec->event);
}

// True when the patient may come in now; ends the earlier enrollment when the pathway
// starts anew.
static bool make_room(struct care *care, const struct enroll_spec *spec,
                      const struct value *again) {
  int64_t live = store_int(
      care->store, 0,
      "SELECT id FROM enrollment WHERE patient=?1 AND department=?2 AND pathway=?3 AND "
      "status<>'ended'",
      "itt", spec->patient, spec->department, spec->pathway);
  if (!live || value_is(again, "both")) return true;
  if (!value_is(again, "restart")) return false;
  enrollment_end(care, live, "restarted");
  return true;
}

static void insert(struct care *care, struct enrollment *new) {
  store_exec(care->store,
             "INSERT INTO enrollment (patient, encounter, department, pathway, status, "
             "event, enrolled_at, anchor_at, tier, cursor_at, next_at) VALUES "
             "(?1,?2,?3,?4,'active',?5,?6,?7,?8,?9,?10)",
             "iIttiiitiI", new->patient, new->encounter, new->department, new->pathway,
             new->event, new->enrolled_at, new->anchor_at, new->tier, new->cursor_at,
             new->next_at);
  new->id = store_last_id(care->store);
  if (new->next_at)
    due_add(care->kernel, DUE_PLAN, new->next_at, WORK_PLAN, new->id, new->patient);
}

// Most come in before anything of their plan is past.
static void begin(struct care *care, struct enrollment *new, bool in_bed,
                  const struct value *triaged) {
  bool planned = plan_first(care, new), begun = false;
  insert(care, new);
  if (triaged) case_open(care, new->id, new->event, triaged);
  if (!planned) {
    begun = plan_late(care, new);
    planned = plan_arm(care, new);
  }
  if (!planned && !begun)
    enrollment_end(care, new->id, "nothing-planned");
  else if (in_bed && !triaged)
    enrollment_pause(care, new->id);
}

static void give_access(struct care *care, const struct enroll_spec *spec) {
  store_exec(care->store,
             "INSERT INTO access (patient, department, since, reason) VALUES "
             "(?1,?2,?3,'enrollment') ON CONFLICT (patient, department) DO NOTHING",
             "iti", spec->patient, spec->department, kernel_now(care->kernel));
}

void enroll(struct care *care, const struct enroll_spec *spec) {
  struct origin origin;
  int64_t now = kernel_now(care->kernel);
  struct value pathway =
      catalog_find(care->catalog, spec->department, "pathway", spec->pathway);
  struct value rules = value_field(&pathway, "enroll"),
               again = value_field(&rules, "again"),
               anchor = value_field(&pathway, "anchor");
  if (!load_origin(care, spec, &origin) || origin.dead || came_before(care, spec)) return;
  if (left_to_a_person(care, spec, &origin) || !make_room(care, spec, &again)) return;
  struct enrollment new = {.patient = spec->patient,
                           .encounter = origin.encounter,
                           .event = spec->event,
                           .enrolled_at = now,
                           .anchor_at = anchor_of(care, spec, &origin, &anchor),
                           .cursor_at = now - 1,
                           .department = mem_copy_text(spec->department),
                           .pathway = mem_copy_text(spec->pathway),
                           .tier = mem_copy_text(spec->tier ? spec->tier : ""),
                           .zone = origin.zone[0] ? mem_copy_text(origin.zone) : NULL,
                           .status = "active"};
  give_access(care, spec);
  begin(care, &new, origin.back_in_bed, spec->triaged);
  enrollment_deinit(&new);
}
