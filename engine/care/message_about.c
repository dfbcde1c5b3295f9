#include "care/message_about.h"

#include <string.h>

#include "base/mem.h"
#include "care/message_row.h"

static void copy_word(struct stmt *row, int column, char *out, size_t size) {
  const char *word = stmt_text(row, column);
  size_t len = word ? strnlen(word, size - 1) : 0;
  if (len) memcpy(out, word, len);
  out[len] = 0;
}

static void read_row(struct care *care, const struct message *message, struct stmt *row,
                     struct message_about *out) {
  out->known = true;
  out->dead = !stmt_null(row, 0);
  out->disputed = !stmt_null(row, 1);
  out->merged_into = stmt_int(row, 2);
  out->english = stmt_int(row, 3);
  out->zone = care_zone_of(care, stmt_text(row, 4), message->department);
  copy_word(row, 5, out->disclosure, sizeof out->disclosure);
  copy_word(row, 6, out->sex, sizeof out->sex);
  copy_word(row, 7, out->enrollment, sizeof out->enrollment);
  copy_word(row, 8, out->question, sizeof out->question);
  copy_word(row, 9, out->birth, sizeof out->birth);
}

const struct message_about *message_about(struct care *care,
                                          const struct message *message) {
  struct message_about *about = message->about;
  if (about->zone) return about;
  struct stmt *row = store_query(
      care->store,
      "SELECT died_at, disputed_at, merged_into, language='en', zone, disclosure, sex,"
      " (SELECT status FROM enrollment WHERE id=?2), (SELECT status FROM question WHERE"
      " id=?3), birth FROM patient WHERE id=?1",
      "iii", message->patient, message->enrollment, message->question);
  if (stmt_row(row))
    read_row(care, message, row, about);
  else
    about->zone = care_zone(care, message->department);
  stmt_done(row);
  return about;
}

void message_about_forget(struct message *message) {
  *message->about = (struct message_about){0};
}
