// Asking a person, beside the advice after an abnormal answer.
#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "care/consult.h"
#include "care/mapping.h"
#include "care/message_text.h"

// When the program names a telephone of its own for this it stands here; the ward's is on
// the page anyway.
static void put_link(const struct page *page, const struct value *consult,
                     struct buf *out) {
  struct value url = value_field(consult, "url"), phone = value_field(consult, "phone"),
               label = text_in(consult, page->english ? "en" : "zh");
  const struct value *to = url.kind == VALUE_TEXT ? &url : &phone;
  if (to->kind != VALUE_TEXT) return;
  buf_printf(out, "<a class=\"b p\" rel=\"noreferrer\" href=\"%s",
             to == &url ? "" : "tel:");
  html_text_len(out, to->text.data, to->text.len);
  buf_puts(out, "\">");
  if (label.kind == VALUE_TEXT)
    html_value(out, &label);
  else
    buf_puts(out, page_say(page, "在线咨询", "Ask us"));
  if (to == &phone) {
    buf_puts(out, " ☎ ");
    html_value(out, &phone);
  }
  buf_puts(out, "</a>");
}

static void put_promise(const struct page *page, int64_t due_at, struct buf *out) {
  struct civil due = zone_civil(care_zone(page->care, page->department), due_at);
  int month = (int)due.month, day = (int)due.day, hour = (int)due.hour,
      minute = (int)due.minute;
  buf_puts(out, "<p class=\"n\" role=\"status\">✓ ");
  if (page->english)
    buf_printf(out, "A nurse will ring you in working time, by %04d-%02d-%02d %02d:%02d.",
               (int)due.year, month, day, hour, minute);
  else
    buf_printf(out, "已转告护士，会在工作时间内、%d月%d日 %02d:%02d 以前给您打电话。",
               month, day, hour, minute);
  buf_puts(out, "</p>");
}

void page_consult(const struct page *page, struct buf *out) {
  struct value consult = consult_of(page->care, page->department, page->program);
  int64_t due_at = consult_due(page->care, page->patient, page->question);
  put_link(page, &consult, out);
  if (due_at) {
    put_promise(page, due_at, out);
    return;
  }
  buf_printf(out,
             "<form method=\"post\" action=\"/f/%s/call\"><input type=\"hidden\" "
             "name=\"lang\" value=\"%s\"><button class=\"p\">%s</button></form>",
             page->link, page_say(page, "zh", "en"),
             page_say(page, "请护士联系我", "Ask a nurse to call me"));
}

static void on_asked(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status");
  int64_t code = value_int_or(&status, 500);
  struct page page = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .english = pending->kind == 'e'};
  if (code < 400)
    page_redirect(pending->request, buf_text(&pending->text));
  else
    page_sorry(&page, code == 409 ? 409 : 503, "没有转告成功，请直接打电话给我们。",
               "The nurse could not be told. Please ring us instead.");
}

void page_call_post(struct page *page) {
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  mapping_int(&map, "question", page->question);
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_asked);
  page->request = NULL;
  pending->kind = page->english ? 'e' : 'z';
  page_address(page, 0, &pending->text);
  pending_submit(pending, "page", NULL, "consult.call", &body);
  buf_deinit(&body);
}
