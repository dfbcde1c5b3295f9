#include "care/attachment.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/picture.h"
#include "care/inbox_field.h"
#include "care/mapping.h"

enum { OLD_SECONDS = 3600, TEXT_MOST = 64, PHOTOS_MOST = 16 };

struct given {  // one photo of an inbox row
  char *id, *item, *kind, *sha256;
  int64_t bytes;
};

static void given_deinit(struct given *given) {
  mem_free(given->id);
  mem_free(given->item);
  mem_free(given->kind);
  mem_free(given->sha256);
}

static int given_read(const struct value *photo, struct given *out,
                      struct status *status) {
  struct value bytes = value_field(photo, "bytes");
  *out = (struct given){.bytes = value_int_or(&bytes, 0)};
  if (field_text(photo, "id", TEXT_MOST, &out->id, status) ||
      field_text(photo, "item", TEXT_MOST, &out->item, status) ||
      field_text(photo, "kind", TEXT_MOST, &out->kind, status) ||
      field_text(photo, "sha256", TEXT_MOST, &out->sha256, status))
    return status->code;
  if (out->id && blob_is_name(out->id) && out->item && out->sha256 && out->kind &&
      picture_of_word(out->kind) && out->bytes > 0)
    return OK;
  return status_fail(status, ERR_INVALID,
                     "photos: each needs id, item, kind, bytes and sha256");
}

static void insert(struct care *care, int64_t question, const struct given *given) {
  store_exec(care->store,
             "INSERT INTO attachment (id, question, item, kind, bytes, sha256,"
             " created_at) VALUES (?1,?2,?3,?4,?5,?6,?7)",
             "tittiti", given->id, question, given->item, given->kind, given->bytes,
             given->sha256, kernel_now(care->kernel));
}

// The row goes now; the file after the commit, by whoever gave the new one.
static void replace(struct care *care, int64_t question, const struct given *given,
                    struct buf *replaced, uint32_t *count) {
  struct stmt *row = store_query(
      care->store,
      "DELETE FROM attachment WHERE question=?1 AND item=?2 AND id<>?3 RETURNING id",
      "itt", question, given->item, given->id);
  while (stmt_row(row)) {
    value_put_text(replaced, stmt_text(row, 0));
    ++*count;
  }
  stmt_done(row);
}

static int keep(struct care *care, struct inbox_row *row, int64_t question,
                struct status *status) {
  struct value photos = value_field(&row->body, "photos"), photo;
  struct value_iter iter = value_iterate(&photos);
  struct buf replaced = {0};
  size_t begun = value_begin_list(&replaced);
  uint32_t count = 0;
  if (value_count(&photos) > PHOTOS_MOST)
    status_fail(status, ERR_LIMIT, "photos: at most %d", PHOTOS_MOST);
  while (!status->code && value_next(&iter, NULL, &photo)) {
    struct given given;
    if (!given_read(&photo, &given, status)) {
      insert(care, question, &given);
      replace(care, question, &given, &replaced, &count);
    }
    given_deinit(&given);
  }
  value_end(&replaced, begun, count);
  struct mapping result = mapping_begin(&row->result);
  mapping_key(&result, "replaced");
  buf_put(&row->result, replaced.data, replaced.len);
  mapping_int(&result, "status", 200);
  mapping_end(&result);
  buf_deinit(&replaced);
  return status->code;
}

static int apply_keep(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  int64_t question;
  if (field_id(&row->body, "question", &question, status)) return status->code;
  if (!store_int(care->store, 0,
                 "SELECT 1 FROM question WHERE id=?1 AND status IN ('open','lapsed')",
                 "i", question))
    return status_fail(status, ERR_CONFLICT,
                       "this question is closed: nobody waits for its photo any more");
  return keep(care, row, question, status);
}

void attachment_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "photo.keep", .apply = apply_keep};
  kernel_handle_inbox(care->kernel, &handler, care);
}

#define COLUMNS                                                                    \
  "SELECT a.id, a.item, a.kind, a.question, q.patient, a.bytes, a.created_at FROM" \
  " attachment a JOIN question q ON q.id=a.question WHERE "

static bool take(struct stmt *row, struct attachment *out) {
  bool found = stmt_row(row);
  if (found) {
    *out = (struct attachment){.question = stmt_int(row, 3),
                               .patient = stmt_int(row, 4),
                               .bytes = stmt_int(row, 5),
                               .created_at = stmt_int(row, 6)};
    snprintf(out->id, sizeof out->id, "%s", stmt_text(row, 0));
    snprintf(out->item, sizeof out->item, "%s", stmt_text(row, 1));
    snprintf(out->kind, sizeof out->kind, "%s", stmt_text(row, 2));
  }
  stmt_done(row);
  return found;
}

bool attachment_find(struct care *care, const char *id, struct attachment *out) {
  return take(store_query(care->store, COLUMNS "a.id=?1", "t", id), out);
}

bool attachment_given(struct care *care, int64_t question, const char *item,
                      struct attachment *out) {
  return take(store_query(care->store, COLUMNS "a.question=?1 AND a.item=?2", "it",
                          question, item),
              out);
}

bool attachment_belongs(struct care *care, const char *id, int64_t question,
                        const char *item) {
  return blob_is_name(id) &&
         store_int(care->store, 0,
                   "SELECT 1 FROM attachment WHERE id=?1 AND item=?3 AND"
                   " (?2 IS NULL OR question=?2)",
                   "tIt", id, question, item) != 0;
}

struct sweep {
  struct care *care;
  int removed;
};

static void sweep_one(void *self, const char *name) {
  struct sweep *sweep = self;
  struct store *store = sweep->care->store;
  if (store_int(store, 1, "SELECT count(*) FROM attachment WHERE id=?1", "t", name))
    return;  // named, or the database can't say
  blob_remove(store, name);
  sweep->removed++;
}

void attachment_sweep(struct care *care) {
  struct sweep sweep = {.care = care};
  if (store_int(care->store, 1, "SELECT EXISTS(SELECT 1 FROM arrival)", "")) return;
  blob_each_old(care->store, OLD_SECONDS, sweep_one, &sweep);
  if (sweep.removed)
    log_line(LOG_LEVEL_INFO, "attachment.swept", "files=%d", sweep.removed);
}
