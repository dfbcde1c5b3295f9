#include "care/question.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/commands.h"
#include "care/ladder.h"
#include "care/message.h"
#include "care/task.h"

enum { CODE_DIGITS = 8 };

// Digits only: an elder types them on a phone. Guessing is held off by the second factor
// and a rate limit.
static void random_code(char out[CODE_DIGITS + 1]) {
  char id[17];
  digest_random_id(id);
  for (int i = 0; i < CODE_DIGITS; i++)
    out[i] = (char)('0' + ((unsigned char)id[i] * 7 + (unsigned char)id[i + 8]) % 10);
  out[CODE_DIGITS] = 0;
}

static void fresh_code(struct care *care, char out[CODE_DIGITS + 1]) {
  do random_code(out);
  while (store_int(care->store, 0,
                   "SELECT 1 FROM question WHERE code=?1 AND status IN ('open','lapsed')",
                   "t", out));
}

int64_t question_by_code(struct care *care, const char *code) {
  return store_int(care->store, 0, "SELECT max(id) FROM question WHERE code=?1", "t",
                   code);
}

static int64_t find(struct care *care, const struct run *run, const char *form) {
  return store_int(
      care->store, 0,
      "SELECT id FROM question WHERE patient=?1 AND form=?2 AND enrollment IS ?3 AND "
      "(status='open' OR (status='lapsed' AND run=?4)) ORDER BY id DESC LIMIT 1",
      "itIi", run->patient, form, run->enrollment, run->id);
}

static void supersede(struct care *care, const struct run *run, const char *form) {
  store_exec(care->store,
             "UPDATE question SET status='closed', reason='superseded', closed_at=?4 "
             "WHERE patient=?1 AND "
             "form=?2 AND enrollment IS ?3 AND status='lapsed'",
             "itIi", run->patient, form, run->enrollment, kernel_now(care->kernel));
}

static int64_t insert(struct care *care, const struct run *run, const char *form,
                      const struct value *fields, const struct value *offered) {
  struct value pathway =
      catalog_find(care->catalog, run->department, "pathway", run->pathway);
  struct value program = value_field(&pathway, "program");
  char *program_text = value_copy_text(&program), code[CODE_DIGITS + 1];
  struct buf encoded = {0}, choices = {0};
  int64_t now = kernel_now(care->kernel);
  fresh_code(care, code);
  if (fields) value_put(&encoded, fields);
  if (offered) value_put(&choices, offered);
  store_exec(care->store,
             "INSERT INTO question (patient, enrollment, run, department, program, form, "
             "bundle, status, code, "
             "fields, opened_at, expires_at, offered) VALUES "
             "(?1,?2,?3,?4,?5,?6,?7,'open',?8,?9,?10,?11,?12)",
             "iIitttitbiib", run->patient, run->enrollment, run->id, run->department,
             program_text, form, catalog_bundle(care->catalog, run->department), code,
             encoded.data, encoded.len, now, now + QUESTION_OPEN_MS, choices.data,
             choices.len);
  buf_deinit(&choices);
  buf_deinit(&encoded);
  mem_free(program_text);
  return store_last_id(care->store);
}

int64_t question_join(struct care *care, const struct run *run, const char *form) {
  int64_t id = find(care, run, form);
  if (id)
    store_exec(
        care->store,
        "UPDATE question SET status='open', expires_at=max(expires_at,?2) WHERE id=?1",
        "ii", id, kernel_now(care->kernel) + QUESTION_OPEN_MS);
  return id;
}

void question_outlive(struct care *care, int64_t question, int64_t until) {
  store_exec(care->store,
             "UPDATE question SET expires_at=?2 WHERE id=?1 AND expires_at<?2", "ii",
             question, until);
}

static void offer_again(struct care *care, int64_t question,
                        const struct value *offered) {
  struct buf choices = {0};
  value_put(&choices, offered);
  store_exec(care->store, "UPDATE question SET offered=?2 WHERE id=?1", "ib", question,
             choices.data, choices.len);
  buf_deinit(&choices);
}

void question_offered(struct care *care, int64_t question, struct buf *out) {
  struct stmt *row =
      store_query(care->store, "SELECT offered FROM question WHERE id=?1", "i", question);
  size_t len = 0;
  const void *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) buf_put(out, bytes, len);
  stmt_done(row);
}

int64_t question_open(struct care *care, const struct run *run, const char *form,
                      const struct value *fields, const struct value *offered) {
  int64_t id = question_join(care, run, form);
  if (!id) {
    supersede(care, run, form);
    return insert(care, run, form, fields, offered);
  }
  if (offered) offer_again(care, id, offered);
  return id;
}

static bool has_rung(struct care *care, int64_t question, int64_t but_run) {
  return store_int(
      care->store, 0,
      "SELECT 1 FROM run JOIN question ON question.patient=run.patient WHERE "
      "question.id=?1 AND "
      "run.id<>?2 AND run.ended_at IS NULL AND run.wait='ask' AND "
      "run.wait_ref=?1 UNION ALL SELECT 1 FROM task JOIN question ON "
      "question.patient=task.patient "
      "WHERE question.id=?1 AND task.question=?1 AND task.status IN ('open','held') "
      "LIMIT 1",
      "ii", question, but_run);
}

static void count_silence(struct care *care, int64_t question) {
  store_exec(care->store,
             "INSERT INTO silence (enrollment, form, count) SELECT enrollment, form, 1 "
             "FROM question WHERE "
             "id=?1 AND enrollment IS NOT NULL ON CONFLICT (enrollment, form) DO UPDATE "
             "SET count=count+1",
             "i", question);
}

void question_silent(struct care *care, int64_t question, int64_t run) {
  const char *why = ladder_silence(care, question, run);
  if (strcmp(why, "silent") == 0) count_silence(care, question);
  if (!has_rung(care, question, run))
    store_exec(care->store,
               "UPDATE question SET status='lapsed' WHERE id=?1 AND status='open'", "i",
               question);
  run_outcome(care->kernel, run, NULL, why);
}

void question_close(struct care *care, int64_t question, const char *reason) {
  store_exec(care->store,
             "UPDATE question SET status='closed', reason=?2, closed_at=?3 WHERE id=?1 "
             "AND status IN "
             "('open','lapsed')",
             "iti", question, reason, kernel_now(care->kernel));
  message_cancel_for_question(care, question, reason);
  ladder_close(care, question, reason);
  store_exec(care->store, "DELETE FROM draft WHERE question=?1", "i", question);
}

void question_leave(struct care *care, int64_t question, int64_t run,
                    const char *reason) {
  if (!has_rung(care, question, run)) question_close(care, question, reason);
}
