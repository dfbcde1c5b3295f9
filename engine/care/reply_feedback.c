#include "care/reply_feedback.h"

#include <string.h>

#include "base/mem.h"
#include "care/case_add.h"
#include "care/feedback_said.h"
#include "care/mapping.h"
#include "care/reply_read.h"

struct writer {
  int64_t person;  // 0: nobody knows
  char *kind, *value;
};

static struct writer writer_of(struct care *care, int64_t identity) {
  struct writer out = {0};
  struct stmt *row = store_query(
      care->store, "SELECT person, kind, value FROM identity WHERE id=?1", "i", identity);
  if (stmt_row(row))
    out = (struct writer){stmt_int(row, 0), mem_copy_text(stmt_text(row, 1)),
                          mem_copy_text(stmt_text(row, 2))};
  stmt_done(row);
  return out;
}

static int64_t make_known(struct care *care, const struct writer *writer) {
  struct buf map_bytes = {0};
  struct value map_value;
  struct mapping map = mapping_begin(&map_bytes);
  mapping_text(&map, writer->kind, writer->value);
  mapping_end(&map);
  value_read(map_bytes.data, map_bytes.len, &map_value);
  int64_t person = feedback_stranger(care, &map_value);
  buf_deinit(&map_bytes);
  return person;
}

// The ward of the stay, when that is known, and whether it is a keyword alone.
static void put_more(struct care *care, int64_t stay, const char *text,
                     struct merge *merge) {
  char *ward =
      store_text(care->store, "SELECT ward FROM encounter WHERE id=?1", "i", stay);
  struct buf flag = {0};
  value_put_bool(&flag, true);
  if (reply_is_keyword(text, strlen(text))) merge_encoded(merge, "bare", &flag);
  merge_text(merge, "ward", ward);
  buf_deinit(&flag);
  mem_free(ward);
}

bool reply_feedback_joins(struct care *care, int64_t identity, const char *text) {
  int64_t id = case_wordless(care, identity);
  if (!id || reply_is_keyword(text, strlen(text))) return false;
  case_add(care, id, NULL, text, &(struct value){0});
  return true;
}

void reply_feedback(struct care *care, int64_t identity, int64_t patient, int64_t at,
                    const char *text) {
  struct writer writer = writer_of(care, identity);
  if (writer.kind) {
    bool wechat = !strcmp(writer.kind, "wechat");
    if (!writer.person) writer.person = make_known(care, &writer);
    feedback_addressable(care, writer.person);
    int64_t about = patient ? patient : feedback_about(care, writer.kind, writer.value);
    int64_t stay = feedback_stay(care, about, at);
    struct merge more = {0};
    put_more(care, stay, text, &more);
    feedback_said(care, &(struct feedback_said){.sender = writer.person,
                                                .about = about,
                                                .at = at,
                                                .encounter = stay,
                                                .more = &more,
                                                .channel = wechat ? "wechat" : "sms",
                                                .sure = wechat ? "wechat" : "phone",
                                                .stay_sure = "only",
                                                .text = text});
  }
  mem_free(writer.kind);
  mem_free(writer.value);
}
