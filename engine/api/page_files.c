// Photos and voices with a word for the hospital: what is none, or too much, is said and
// left out; what was written goes in without it.
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "care/attachment.h"

enum { VOICE_MB = 5, VOICE_MB_MOST = 20, REQUEST_MB_MOST = 24 };
static const struct rate_limit own_limit = {16, 40};     // of one address: files
static const struct rate_limit all_limit = {300, 2000};  // of all together

static size_t voice_bytes(const struct api *api) {
  const struct buf *settings = &api->care->site->settings;
  struct value all;
  value_read(buf_text(settings), settings->len, &all);
  struct value given = value_field(&all, "voice_mb");
  int64_t mb = value_int_or(&given, VOICE_MB);
  return (size_t)(mb < 1 || mb > VOICE_MB_MOST ? VOICE_MB : mb) << 20;
}

size_t page_file_bytes(const struct api *api, bool voice) {
  return voice ? voice_bytes(api) : page_photo_bytes(api);
}

size_t page_files_bytes(const struct api *api) {
  size_t all =
      PAGE_FILE_PHOTOS * page_photo_bytes(api) + PAGE_FILE_VOICES * voice_bytes(api);
  size_t most = (size_t)REQUEST_MB_MOST << 20;
  return all < most ? all : most;
}

void page_files_ask(const struct page *page, struct buf *out) {
  buf_printf(
      out,
      "<p><label class=\"q\">%s<input type=\"file\" name=\"photo\" accept=\"image/*\" "
      "multiple></label></p><p><label class=\"q\">%s<input type=\"file\" name=\"voice\" "
      "accept=\"audio/*,.amr,.m4a,.mp3\"></label></p><p class=\"h\">",
      page_say(page, "照片（可不填，可选几张）", "Photos (optional, several)"),
      page_say(page, "录音（可不填，不会打字可以说）",
               "A recording (optional: speak instead of typing)"));
  buf_printf(
      out,
      page_say(page,
               "照片最多 %d 张，每张 %d MB 以内；录音 %d 个，每个 %d MB 以内；合起来 %d "
               "MB 以内。</p>",
               "At most %d photos of %d MB, %d recordings of %d MB; %d MB together.</p>"),
      PAGE_FILE_PHOTOS, (int)(page_photo_bytes(page->api) >> 20), PAGE_FILE_VOICES,
      (int)(voice_bytes(page->api) >> 20), (int)(page_files_bytes(page->api) >> 20));
}

// --- taking them

struct taking {
  struct page *page;
  struct page_files *out;
  char address[80];
};

static bool may_send(struct taking *taking) {
  int64_t now = clock_steady_ms(), wait;
  struct rate *rate = taking->page->api->rate;
  if (!rate_has(rate, &own_limit, taking->address, now, &wait) ||
      !rate_has(rate, &all_limit, "feedback files", now, &wait))
    return false;
  rate_take(rate, &own_limit, taking->address, now);
  rate_take(rate, &all_limit, "feedback files", now);
  return true;
}

static unsigned write_file(struct taking *taking, struct attachment_file *file) {
  struct status status = {0};
  char id[BLOB_NAME_SIZE];
  switch (attachment_write(taking->page->care, file, &taking->out->list, id, &status)) {
    case ATTACHMENT_KIND: return PAGE_FILE_KIND;
    case ATTACHMENT_SIZE: return PAGE_FILE_SIZE;
    case ATTACHMENT_UNKEPT: return PAGE_FILE_UNKEPT;
    case ATTACHMENT_FINE: break;
  }
  return 0;
}

static unsigned take_one(struct taking *taking, const struct http_file *given,
                         bool named) {
  struct attachment_file file = {.name = named ? given->file : NULL,
                                 .bytes = given->bytes,
                                 .len = given->len,
                                 .media = media_of(given->bytes, given->len)};
  bool voice = file.media && file.media->voice;
  const struct api *api = taking->page->api;
  uint32_t *count = voice ? &taking->out->voices : &taking->out->photos;
  file.most = page_file_bytes(api, voice);
  if (!file.media) return PAGE_FILE_KIND;
  if (*count >= (voice ? PAGE_FILE_VOICES : PAGE_FILE_PHOTOS)) return PAGE_FILE_MANY;
  if (!may_send(taking)) return PAGE_FILE_OFTEN;
  unsigned wrong = write_file(taking, &file);
  if (!wrong) ++*count;
  return wrong;
}

void page_files_take(struct page *page, bool named, struct page_files *out) {
  struct taking taking = {.page = page, .out = out};
  *out = (struct page_files){0};
  rate_address(page->request->peer, taking.address, 64);
  strncat(taking.address, " files", sizeof taking.address - strlen(taking.address) - 1);
  size_t begun = value_begin_list(&out->list);
  for (size_t i = 0; i < page->files.count; i++)
    if (page->files.items[i].len)
      out->wrong |= take_one(&taking, &page->files.items[i], named);
  value_end(&out->list, begun, out->photos + out->voices);
}

// --- telling

void page_files_told(const struct page *page, unsigned wrong, struct buf *out) {
  static const struct {
    enum page_file_wrong wrong;
    const char *zh, *en;
  } words[] = {
      {PAGE_FILE_KIND, "不是照片或录音，或者坏了", "no photo or recording, or damaged"},
      {PAGE_FILE_SIZE, "太大", "too large"},
      {PAGE_FILE_MANY, "太多", "too many"},
      {PAGE_FILE_OFTEN, "传得太多了，请过一小时再传", "too many; try again in an hour"},
      {PAGE_FILE_UNKEPT, "没有保存成功，请再传一次", "not saved; please send it again"}};
  const char *mark = "";
  if (!wrong) return;
  buf_printf(out, "<p class=\"w\" role=\"alert\">%s",
             page_say(page, "有的文件没有收到：", "Some files were not taken: "));
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!(wrong & words[i].wrong)) continue;
    buf_printf(out, "%s%s", mark, page_say(page, words[i].zh, words[i].en));
    mark = page_say(page, "；", "; ");
  }
  buf_printf(
      out,
      page_say(
          page,
          "。可以发：照片 JPG、PNG、WebP、HEIC，最多 %d 张、每张 %d MB；录音 M4A、AMR、"
          "MP3、AAC、OGG、WebM、WAV，最多 %d 个、每个 %d MB。</p>",
          ". We take photos (JPG, PNG, WebP, HEIC), %d of %d MB at most, and "
          "recordings (M4A, AMR, MP3, AAC, OGG, WebM, WAV), %d of %d MB.</p>"),
      PAGE_FILE_PHOTOS, (int)(page_photo_bytes(page->api) >> 20), PAGE_FILE_VOICES,
      (int)(voice_bytes(page->api) >> 20));
}
