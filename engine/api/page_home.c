// What a discharge card opens: whatever the patient is asked at this time, as links.
#include "api/curve_svg.h"
#include "api/html.h"
#include "api/page.h"
#include "base/mem.h"
#include "care/message_text.h"

enum { SHOWN_MOST = 20 };

static void put_entry(struct page *page, struct stmt *row, struct buf *out) {
  char link[LINK_TOKEN_SIZE];
  const char *department = stmt_text(row, 1), *form = stmt_text(row, 2);
  struct value definition = catalog_find(page->care->catalog, department, "form", form);
  struct value title =
      message_shown(&definition, "title", page_say(page, "zh", "en"), false);
  link_token_make(page->api->keys.link, stmt_int(row, 0), 0, page->token.expires_at,
                  link);
  buf_printf(out, "<a class=\"b\" href=\"/f/%s", link);
  if (page->asked_language) buf_printf(out, "?lang=%s", page_say(page, "zh", "en"));
  buf_puts(out, "\">");
  if (title.kind == VALUE_TEXT)
    html_value(out, &title);
  else
    buf_puts(out, page_say(page, "随访问卷", "Follow-up"));
  buf_puts(out, "</a>");
}

static int put_open(struct page *page, struct buf *out) {
  int count = 0;
  struct stmt *row = store_query(
      page->care->store,
      "SELECT id, department, form FROM question WHERE patient=?1 AND"
      " (status='open' OR status='lapsed') AND expires_at>=?2 ORDER BY id DESC LIMIT ?3",
      "iii", page->patient, kernel_now(page->care->kernel), (int64_t)SHOWN_MOST);
  for (; stmt_row(row); count++) put_entry(page, row, out);
  stmt_done(row);
  return count;
}

// How it goes: the curves that are meant for the patient. Whoever has the card's code may
// look, so none that names a diagnosis (WARD 1).
static void put_curves(struct page *page, struct buf *out) {
  struct curve *curves = curves_read(page->care, page->patient, NULL, true);
  for (const struct curve *curve = curves; curve; curve = curve->next) {
    const struct zone *zone = care_zone(page->care, curve->department);
    if (curve == curves)
      buf_printf(out, "<h2>%s</h2>", page_say(page, "您的恢复情况", "How it goes"));
    curve_svg(curve, zone, page->english, 0, false, out);
    buf_puts(out, "<p class=\"h\">");
    curve_words(curve, zone, page->english, out);
    if (curve->band_count > 1)
      buf_puts(out, page_say(page, " 浅色带是多数人的恢复过程。",
                             " The light band is how it goes for most people."));
    buf_puts(out, "</p>");
  }
  curves_free(curves);
}

void page_home(struct page *page) {
  struct buf out = {0}, list = {0};
  int count = put_open(page, &list);
  page_begin(page, page_say(page, "您的随访", "Your follow-up"), &out);
  buf_printf(&out, "<p>%s</p>",
             count ? page_say(page, "请点开下面的问卷填写：", "Please open and fill in:")
                   : page_say(page,
                              "现在没有要填的问卷。到时候我们会联系您，也可以随时再来"
                              "这里看。有事请打电话给我们。",
                              "There is nothing to fill in now. We will contact you when "
                              "there is; you can look here at any time. If you need us, "
                              "please ring."));
  buf_puts(&out, buf_text(&list));
  put_curves(page, &out);
  page_send(page, 200, &out, 0);
  buf_deinit(&list);
}
