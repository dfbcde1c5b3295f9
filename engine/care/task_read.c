// The request "task.done" as a result.
#include <string.h>

#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/task_inbox.h"

enum { NOTE_BYTES = 4000, CODE_BYTES = 64 };

static int refuse_code(const char *word, struct status *status) {
  struct buf words = {0};
  for (const struct result_code *code = result_codes(); code->code; code++)
    buf_printf(&words, "%s%s", code == result_codes() ? "" : " ", code->code);
  if (word)
    status_fail(status, ERR_INVALID, "code \"%s\" is no result; use one of %s", word,
                words.data);
  else
    status_fail(status, ERR_INVALID,
                "field \"code\" is missing and no answer is given; use one of %s",
                words.data);
  buf_deinit(&words);
  return status->code;
}

static bool needs_answer(const struct result_code *code) {
  static const char *const words[] = {"done", "partial", "proxy"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(code->code, words[i]) == 0) return true;
  return false;
}

static int read_code(const struct inbox_row *row, bool answered, struct result *result,
                     struct status *status) {
  char *word;
  if (field_text(&row->body, "code", CODE_BYTES, &word, status)) return status->code;
  bool plain = answered || !result->task.form;
  result->code = word ? result_code_find(word) : plain ? result_code_find("done") : NULL;
  int code = result->code ? OK : refuse_code(word, status);
  mem_free(word);
  if (result->code && result->task.form && !answered && needs_answer(result->code))
    code = status_fail(status, ERR_INVALID,
                       "code \"%s\" needs field \"answer\" with the items of form '%s'",
                       result->code->code, result->task.form);
  return code;
}

// The number named, else the one dialled last, else the first that works: the patient's
// own before the contacts'.
static int64_t find_number(struct care *care, const struct inbox_row *row,
                           int64_t patient, int64_t task) {
  struct value identity = value_field(&row->body, "identity");
  return store_int(
      care->store, 0,
      "SELECT i.id FROM (SELECT ?1 AS person, 0 AS position UNION ALL SELECT person,"
      " position FROM contact WHERE patient=?1 AND person<>?1) c JOIN identity i ON"
      " i.person=c.person AND i.kind='phone' WHERE i.id=?2 OR ?2=0 AND"
      " coalesce(i.flag,'') NOT IN ('void','placeholder') ORDER BY i.id IS NOT (SELECT"
      " identity FROM dial WHERE task=?3 ORDER BY id DESC LIMIT 1), i.person<>?1,"
      " c.position, i.position, i.id LIMIT 1",
      "iii", patient, value_int_or(&identity, 0), task);
}

static int read_rest(struct care *care, const struct inbox_row *row,
                     struct result *result, struct status *status) {
  struct value at = value_field(&row->body, "at");
  const struct zone *zone = care_zone(care, result->task.department);
  if (field_text(&row->body, "note", NOTE_BYTES, &result->note, status) ||
      field_text(&row->body, "to", STAFF_SIZE - 1, &result->to, status) ||
      (at.kind && field_moment(care, &row->body, "at", zone, &result->at, status)))
    return status->code;
  result->identity = find_number(care, row, result->task.patient, result->task.id);
  return OK;
}

static int read_task(struct care *care, const struct inbox_row *row,
                     struct result *result, struct status *status) {
  int64_t id;
  if (field_id(&row->body, "task", &id, status) ||
      field_staff(&row->body, result->staff, status))
    return status->code;
  if (!task_load(care->store, id, &result->task))
    return status_fail(status, ERR_NOT_FOUND, "there is no such task");
  return OK;
}

int result_read(struct care *care, const struct inbox_row *row, bool answered,
                struct result *result, struct status *status) {
  if (read_task(care, row, result, status) || read_code(row, answered, result, status))
    return status->code;
  return read_rest(care, row, result, status);
}
