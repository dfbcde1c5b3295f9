// An operation or a diagnosis was taken back, or has another code: who follows the stay
// because of it does so no longer (WARD 21).
#include <string.h>

#include "base/mem.h"
#include "care/catalog.h"
#include "care/enrollment.h"
#include "care/happening_parts.h"
#include "care/task.h"

// An error says nothing about the patient.
static bool would_not_come(struct happening *happening, int64_t event) {
  struct value pathway = catalog_find(happening->care->catalog, happening->department,
                                      "pathway", happening->pathway),
               enroll = value_field(&pathway, "enroll"),
               where = value_field(&enroll, "where");
  struct buf flag = {0};
  if (pathway.kind == VALUE_NIL) return false;
  bool stays = happening_meets(happening, &enroll, event);
  if (stays && where.kind != VALUE_NIL)
    stays = happening_ask_where(happening, happening->pathway, NULL, "enroll.where",
                                event, &flag) ||
            !flag.len;
  buf_deinit(&flag);
  return !stays;
}

static void look(struct happening *happening, struct stmt *row) {
  char *department = mem_copy_text(stmt_text(row, 1)),
       *pathway = mem_copy_text(stmt_text(row, 2));
  happening->department = department;
  happening->pathway = pathway;
  if (would_not_come(happening, stmt_int(row, 3)))
    happening_decide(happening, DECIDE_END, pathway, NULL)->enrollment = stmt_int(row, 0);
  mem_free(department);
  mem_free(pathway);
}

void happening_look_again(struct happening *happening) {
  if (strcmp(happening->kind, "coding-withdrawn") != 0) return;
  struct stmt *rows = store_query(
      happening->care->store,
      "SELECT id, department, pathway, event FROM enrollment WHERE patient=?1 "
      "AND status<>'ended' AND event IS NOT NULL AND (?2=0 OR encounter=?2)",
      "ii", happening->patient, happening->encounter);
  while (stmt_row(rows)) look(happening, rows);
  stmt_done(rows);
  happening->department = happening->pathway = NULL;
}

// A person is told: what ended by itself somebody may have wanted.
void happening_end(const struct happening *happening, const struct decision *decision) {
  struct care *care = happening->care;
  struct status status = {0};
  struct buf note = {0};
  enrollment_end(care, decision->enrollment, "coding-withdrawn");
  buf_printf(&note, "随访 %s 已结束:医院撤销或更正了手术/诊断,请核对", decision->pathway);
  task_open(care, &(struct task_spec){.patient = happening->patient,
                                      .department = decision->department,
                                      .name = "check-follow-up",
                                      .role = "head-nurse",
                                      .note = note.data,
                                      .due_at = task_due(care, decision->department,
                                                         "head-nurse", "1bd", &status)});
  buf_deinit(&note);
}
