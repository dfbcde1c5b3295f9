// No more messages: asked once, done at once.
#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "care/mapping.h"

void page_stop(struct page *page) {
  struct buf out = {0};
  page_begin(page, page_say(page, "不再接收消息？", "Stop these messages?"), &out);
  buf_printf(
      &out,
      "<p>%s</p><form method=\"post\" action=\"/f/%s/stop\"><input type=\"hidden\" "
      "name=\"lang\" value=\"%s\"><button>%s</button></form>"
      "<a class=\"b p\" href=\"/f/%s\">%s</a>",
      page_say(page, "确认后，我们不再给您发随访消息。您随时可以打电话重新开通。",
               "If you confirm, we send no more follow-up messages. You can ring us "
               "at any time to have them again."),
      page->link, page_say(page, "zh", "en"),
      page_say(page, "确认，不再接收", "Yes, stop them"), page->link,
      page_say(page, "返回，继续接收", "No, go back"));
  page_send(page, 200, &out, 0);
}

static void on_stopped(struct pending *pending, const struct value *result) {
  struct page page = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .english = pending->kind == 'e'};
  struct value status = value_field(result, "status");
  struct buf out = {0};
  if (value_int_or(&status, 500) >= 400) {
    page_sorry(&page, 503, "没有成功，请给我们打电话。",
               "It did not work. Please ring us.");
    return;
  }
  page_begin(&page, page_say(&page, "已停止发送", "Messages are stopped"), &out);
  buf_printf(&out, "<p>%s</p>",
             page_say(&page, "我们不会再给您发随访消息。祝您健康!",
                      "We send you no more follow-up messages. We wish you well!"));
  page_send(&page, 200, &out, 0);
}

// Who came by code is not known: then it holds for those who were asked.
void page_stop_post(struct page *page) {
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "by", "page");
  mapping_int(&map, "patient", page->patient);
  if (page->token.person)
    mapping_int(&map, "person", page->token.person);
  else
    mapping_int(&map, "question", page->question);
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_stopped);
  page->request = NULL;
  pending->kind = page->english ? 'e' : 'z';
  pending_submit(pending, "page", NULL, "opt-out", &body);
  buf_deinit(&body);
}
