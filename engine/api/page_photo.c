// Photos on a patient page: what comes with a request is looked at, freed of where it was
// taken, written, and put on record before the page goes on.
#include <stdio.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "base/mem.h"
#include "care/attachment.h"
#include "care/mapping.h"

enum { PHOTO_MB = 8, PHOTO_MB_MOST = 32 };
static const struct rate_limit photo_limit = {12, 24};  // of one question

size_t page_photo_bytes(const struct api *api) {
  const struct buf *settings = &api->care->site->settings;
  struct value all;
  value_read(buf_text(settings), settings->len, &all);
  struct value given = value_field(&all, "photo_mb");
  int64_t mb = value_int_or(&given, PHOTO_MB);
  return (size_t)(mb < 1 || mb > PHOTO_MB_MOST ? PHOTO_MB : mb) * 1024 * 1024;
}

static bool is_photo(const struct value *item) {
  struct value kind = value_field(item, "kind");
  return value_is(&kind, "photo");
}

bool page_has_photo(const struct page *page, int step) {
  for (int at = step ? step : 1;; at++) {
    struct value item = page_item_at(page, at);
    if (item.kind != VALUE_MAP) return false;
    if (is_photo(&item)) return true;
    if (step) return false;
  }
}

void page_photo_value(const struct page *page, const char *item, struct buf *out) {
  struct attachment given;
  if (attachment_given(page->care, page->question, item, &given))
    value_put_text(out, given.id);
}

static void item_id(const struct value *item, char out[64]) {
  struct value id = value_field(item, "id");
  snprintf(out, 64, "%.*s", (int)id.text.len, id.text.data);
}

void page_photo(const struct page *page, const struct value *item, struct buf *out) {
  struct attachment given;
  char id[64];
  item_id(item, id);
  if (attachment_given(page->care, page->question, id, &given))
    buf_printf(
        out,
        page_say(page, "<p class=\"n\">✓ 已收到照片（%lld KB）。再选一张会换掉它。</p>",
                 "<p class=\"n\">✓ We have your photo (%lld KB). Choosing another "
                 "takes its place.</p>"),
        (long long)(given.bytes + 1023) / 1024);
  static const char *const capture[] = {" capture=\"environment\"", ""};
  const char *words[] = {page_say(page, "现在拍一张", "Take a photo now"),
                         page_say(page, "从手机里选一张", "Choose one from your phone")};
  for (int i = 0; i < 2; i++) {
    buf_printf(out, "<p><label>%s<input type=\"file\" accept=\"image/*\"%s name=\"a_",
               words[i], capture[i]);
    html_text(out, id);
    buf_puts(out, "\"></label></p>");
  }
  buf_printf(out,
             page_say(page, "<p class=\"h\">最大 %d MB。没有照片也可以直接继续。</p>",
                      "<p class=\"h\">%d MB at most. You can go on without one.</p>"),
             (int)(page_photo_bytes(page->api) >> 20));
}

static void put_fault(const struct value *item, struct page_fault *fault,
                      const char *words) {
  item_id(item, fault->item);
  snprintf(fault->text, sizeof fault->text, "%s", words);
}

static void too_large(const struct page *page, const struct value *item,
                      struct page_fault *fault) {
  char words[200];
  snprintf(words, sizeof words,
           page_say(page,
                    "这张照片太大，没有收到。最大 %d MB：请在相机里选小一点的尺寸再拍，"
                    "或者发一张截图。",
                    "This photo is too large, we do not have it. %d MB at most: take it "
                    "at a smaller size, or send a screenshot of it."),
           (int)(page_photo_bytes(page->api) >> 20));
  put_fault(item, fault, words);
}

void page_photo_too_large(const struct page *page, int step, struct page_fault *fault) {
  for (int at = step ? step : 1;; at++) {
    struct value item = page_item_at(page, at);
    if (item.kind != VALUE_MAP) return;
    if (is_photo(&item)) {
      too_large(page, &item, fault);
      return;
    }
  }
}

struct taking {  // the photos of one request
  struct page *page;
  struct page_fault *fault;
  struct buf list, ids;  // encoded for the inbox; names of the files written, in a row
  size_t begun;
  uint32_t count;
};

static const struct http_file *find_file(const struct page *page, const char *item) {
  char name[72];
  snprintf(name, sizeof name, "a_%s", item);
  for (size_t i = 0; i < page->files.count; i++)
    if (page->files.items[i].len && !strcmp(page->files.items[i].name, name))
      return &page->files.items[i];
  return NULL;
}

static void rate_name(const struct page *page, char out[40]) {
  snprintf(out, 40, "photo:%lld", (long long)page->question);
}

static bool may_send(struct taking *taking, const struct value *item) {
  const struct page *page = taking->page;
  char name[40];
  int64_t wait;
  rate_name(page, name);
  if (rate_has(page->api->rate, &photo_limit, name, clock_steady_ms(), &wait))
    return true;
  put_fault(item, taking->fault,
            page_say(page, "照片传得太多了，请过一小时再换。",
                     "Too many photos; please change it in an hour."));
  return false;
}

static void taken(struct taking *taking, const char *id) {
  char name[40];
  rate_name(taking->page, name);
  rate_take(taking->page->api->rate, &photo_limit, name, clock_steady_ms());
  taking->count++;
  buf_puts(&taking->ids, id);
}

static bool take_file(struct taking *taking, const struct value *item, const char *id,
                      const struct http_file *given) {
  struct page *page = taking->page;
  const struct media *media = media_of(given->bytes, given->len);
  struct attachment_file file = {.item = id,
                                 .bytes = given->bytes,
                                 .len = given->len,
                                 .most = page_photo_bytes(page->api),
                                 .media = media && !media->voice ? media : NULL};
  struct status status = {0};
  char name[BLOB_NAME_SIZE];
  if (!may_send(taking, item)) return false;
  switch (attachment_write(page->care, &file, &taking->list, name, &status)) {
    case ATTACHMENT_FINE: taken(taking, name); return true;
    case ATTACHMENT_SIZE: too_large(page, item, taking->fault); return false;
    case ATTACHMENT_UNKEPT: page->failed = status.code == ERR_FULL ? 507 : 503; break;
    case ATTACHMENT_KIND:
      put_fault(item, taking->fault,
                page_say(page, "这个文件不是照片，或者坏了。请选手机里的照片（JPG 等）。",
                         "This file is no photo, or is damaged. Please choose a photo "
                         "(JPG or the like)."));
  }
  return false;
}

static void forget_files(struct store *store, const char *ids) {
  char id[BLOB_NAME_SIZE];
  for (; *ids; ids += BLOB_NAME_SIZE - 1) {
    snprintf(id, sizeof id, "%s", ids);
    blob_remove(store, id);
  }
}

// Kept, and the ones that they replace can go; or refused, and they go themselves.
static void on_kept(struct pending *pending, const struct value *result) {
  struct store *store = pending->api->care->store;
  struct value status = value_field(result, "status"),
               replaced = value_field(result, "replaced"), one;
  struct value_iter iter = value_iterate(&replaced);
  int64_t code = value_int_or(&status, 500);
  if (code >= 400) forget_files(store, buf_text(&pending->text));
  while (value_next(&iter, NULL, &one)) {
    char *id = value_copy_text(&one);
    if (id && blob_is_name(id)) blob_remove(store, id);
    mem_free(id);
  }
  page_again(pending->api, pending->request, code < 400 ? 0 : code == 507 ? 507 : 503);
}

static void submit(struct taking *taking) {
  struct page *page = taking->page;
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  mapping_key(&map, "photos");
  buf_put(&body, taking->list.data, taking->list.len);
  mapping_int(&map, "question", page->question);
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_kept);
  page->request = NULL;
  buf_puts(&pending->text, buf_text(&taking->ids));
  pending_submit(pending, "page", NULL, "photo.keep", &body);
  buf_deinit(&body);
}

static bool take_item(struct taking *taking, const struct value *item) {
  char id[64];
  item_id(item, id);
  const struct http_file *file = is_photo(item) ? find_file(taking->page, id) : NULL;
  return !file || take_file(taking, item, id, file);
}

enum page_taken page_photo_take(struct page *page, int step, struct page_fault *fault) {
  struct taking taking = {.page = page, .fault = fault};
  bool fine = true;
  if (!page->files.count) return PAGE_NONE_TAKEN;
  taking.begun = value_begin_list(&taking.list);
  for (int at = step ? step : 1; fine; at++) {
    struct value item = page_item_at(page, at);
    if (item.kind != VALUE_MAP) break;
    fine = take_item(&taking, &item);
    if (step) break;
  }
  value_end(&taking.list, taking.begun, taking.count);
  if (!fine)
    forget_files(page->care->store, buf_text(&taking.ids));
  else if (taking.count)
    submit(&taking);
  uint32_t count = taking.count;
  buf_deinit(&taking.list);
  buf_deinit(&taking.ids);
  if (!fine) return page->failed ? PAGE_NOT_KEPT : PAGE_FAULT;
  return count ? PAGE_TAKEN : PAGE_NONE_TAKEN;
}
