#include "care/attachment.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/mapping.h"

enum {
  OLD_SECONDS = 3600,
  TEXT_MOST = 64,
  NAME_MOST = 200,
  PHOTOS_MOST = 16,
  CASE_MOST = 40
};

struct given {  // one file of an inbox row
  char *id, *item, *name, *kind, *sha256;
  int64_t bytes;
};

static void given_deinit(struct given *given) {
  mem_free(given->id);
  mem_free(given->item);
  mem_free(given->name);
  mem_free(given->kind);
  mem_free(given->sha256);
}

static int given_read(const struct value *photo, struct given *out,
                      struct status *status) {
  struct value bytes = value_field(photo, "bytes");
  *out = (struct given){.bytes = value_int_or(&bytes, 0)};
  if (field_text(photo, "id", TEXT_MOST, &out->id, status) ||
      field_text(photo, "item", TEXT_MOST, &out->item, status) ||
      field_text(photo, "name", NAME_MOST, &out->name, status) ||
      field_text(photo, "kind", TEXT_MOST, &out->kind, status) ||
      field_text(photo, "sha256", TEXT_MOST, &out->sha256, status))
    return status->code;
  if (out->id && blob_is_name(out->id) && out->sha256 && out->kind &&
      media_of_word(out->kind) && out->bytes > 0)
    return OK;
  return status_fail(status, ERR_INVALID,
                     "attachments: each needs id, kind, bytes and sha256");
}

static void insert(struct care *care, int64_t question, const char *number,
                   const char *who, const struct given *given) {
  store_exec(care->store,
             "INSERT INTO attachment (id, question, item, number, name, by_who, kind,"
             " bytes, sha256, created_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
             "tItttttiti", given->id, question, given->item, number, given->name, who,
             given->kind, given->bytes, given->sha256, kernel_now(care->kernel));
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
  bool locked = store_int(care->store, 0,
                          "SELECT disputed_at FROM patient JOIN question ON"
                          " question.patient=patient.id WHERE question.id=?1",
                          "i", question) != 0;  // both are kept (WARD 5)
  if (value_count(&photos) > PHOTOS_MOST)
    status_fail(status, ERR_LIMIT, "photos: at most %d", PHOTOS_MOST);
  while (!status->code && value_next(&iter, NULL, &photo)) {
    struct given given;
    if (!given_read(&photo, &given, status) && !given.item)
      status_fail(status, ERR_INVALID, "photos: each needs its item");
    if (!status->code) {
      insert(care, question, NULL, NULL, &given);
      if (!locked) replace(care, question, &given, &replaced, &count);
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

#define COLUMNS                                                                       \
  "SELECT a.id, a.item, a.kind, a.question, q.patient, a.bytes, a.created_at,"        \
  " c.enrollment FROM attachment a LEFT JOIN question q ON q.id=a.question LEFT JOIN" \
  " case_file c ON c.number=a.number WHERE "

static bool take(struct stmt *row, struct attachment *out) {
  bool found = stmt_row(row);
  if (found) {
    const char *item = stmt_text(row, 1);
    *out = (struct attachment){.question = stmt_int(row, 3),
                               .patient = stmt_int(row, 4),
                               .bytes = stmt_int(row, 5),
                               .created_at = stmt_int(row, 6),
                               .case_ = stmt_int(row, 7)};
    snprintf(out->id, sizeof out->id, "%s", stmt_text(row, 0));
    snprintf(out->item, sizeof out->item, "%s", item ? item : "");
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
  return take(store_query(care->store,
                          COLUMNS "a.question=?1 AND a.item=?2 ORDER BY"
                                  " a.created_at DESC LIMIT 1",
                          "it", question, item),
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

// --- of feedback

int attachment_keep(struct care *care, const char *number, const char *who,
                    const struct value *list, struct status *status) {
  int64_t there = store_int(
      care->store, 0, "SELECT count(*) FROM attachment WHERE number=?1", "t", number);
  struct value_iter iter = value_iterate(list);
  struct value one;
  if (there + value_count(list) > CASE_MOST)
    return status_fail(status, ERR_LIMIT, "%s has %d attachments: %d are the most",
                       number, (int)there, CASE_MOST);
  while (!status->code && value_next(&iter, NULL, &one)) {
    struct given given;
    if (!given_read(&one, &given, status)) insert(care, 0, number, who, &given);
    given_deinit(&given);
  }
  return status->code;
}

// --- the files

static void tell(const struct attachment_file *file, const char *id,
                 const struct buf *clean, struct buf *list) {
  struct buf name = {0};
  char sha256[65];
  digest_sha256(clean->data, clean->len, sha256);
  if (file->name) media_name(file->media, file->name, &name);
  struct mapping map = mapping_begin(list);
  mapping_int(&map, "bytes", (int64_t)clean->len);
  mapping_text(&map, "id", id);
  mapping_text(&map, "item", file->item);
  mapping_text(&map, "kind", file->media->word);
  mapping_text(&map, "name", name.len ? name.data : NULL);
  mapping_text(&map, "sha256", sha256);
  mapping_end(&map);
  buf_deinit(&name);
}

enum attachment_fault attachment_write(struct care *care,
                                       const struct attachment_file *file,
                                       struct buf *list, char id[BLOB_NAME_SIZE],
                                       struct status *status) {
  struct buf clean = {0};
  enum attachment_fault fault = ATTACHMENT_FINE;
  if (!file->media)
    fault = ATTACHMENT_KIND;
  else if (file->len > file->most)
    fault = ATTACHMENT_SIZE;
  else if (!media_clean(file->media, file->bytes, file->len, &clean))
    fault = ATTACHMENT_KIND;
  if (!fault) {
    digest_random_id(id);
    if (blob_write(care->store, id, clean.data, clean.len, status)) {
      log_line(LOG_LEVEL_ERROR, "attachment.refused", "reason=\"%s\"", status->text);
      fault = ATTACHMENT_UNKEPT;
    } else {
      tell(file, id, &clean, list);
    }
  }
  buf_deinit(&clean);
  return fault;
}

void attachment_forget(struct care *care, const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value one;
  while (value_next(&iter, NULL, &one)) {
    struct value field = value_field(&one, "id");
    char *id = value_copy_text(&field);
    if (id && blob_is_name(id)) blob_remove(care->store, id);
    mem_free(id);
  }
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
