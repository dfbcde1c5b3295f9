// "/said": you said, we did; for everybody, in words that were written for everybody.
#include <stdio.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"

enum { SHOWN_MOST = 100 };

static void put_words(struct buf *out, const char *label, const char *text) {
  buf_printf(out, "<p><b>%s</b><br>", label);
  html_lines(out, text, strlen(text));
  buf_puts(out, "</p>");
}

static void put_month(const struct page *page, int64_t at, struct buf *out) {
  struct civil day = zone_civil(care_site_zone(page->care), at);
  if (page->english)
    buf_printf(out, "%04d-%02d", (int)day.year, day.month);
  else
    buf_printf(out, "%04d 年 %d 月", (int)day.year, day.month);
}

static void put_item(const struct page *page, struct stmt *row, struct buf *out) {
  const char *place = stmt_text(row, 2);
  buf_puts(out, "<div class=\"n\"><p class=\"h\">");
  put_month(page, stmt_int(row, 3), out);
  if (place) buf_puts(out, " · ");
  if (place) html_text(out, place);
  buf_puts(out, "</p>");
  put_words(out, page_say(page, "您说", "You said"), stmt_text(row, 0));
  put_words(out, page_say(page, "我们做了", "We did"), stmt_text(row, 1));
  buf_puts(out, "</div>");
}

void page_said(struct page *page, const char *rest) {
  struct buf out = {0};
  int count = 0;
  page->base = "/said";
  if (*rest) {
    page_sorry(page, 404, "没有这个页面。", "There is no such page.");
    return;
  }
  page_begin(page, page_say(page, "您说，我们改", "You said, we did"), &out);
  struct stmt *row = store_query(page->care->store,
                                 "SELECT you_said, we_did, place, at FROM said WHERE"
                                 " withdrawn_at IS NULL ORDER BY id DESC LIMIT ?1",
                                 "i", (int64_t)SHOWN_MOST);
  for (; stmt_row(row); count++) put_item(page, row, &out);
  stmt_done(row);
  if (!count)
    buf_printf(&out, "<p>%s</p>",
               page_say(page, "这里会写出大家提了什么、我们改了什么。",
                        "Here we tell what people said, and what we changed."));
  buf_printf(&out, "<a class=\"b p\" href=\"/feedback\">%s</a>",
             page_say(page, "我也要说", "I have something to say"));
  page_send(page, 200, &out, 0);
}
