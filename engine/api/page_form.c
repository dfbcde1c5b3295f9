// The form as the patient sees it: who answers, one question at a time or all, and the
// thanks with the rule's advice.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "care/message_text.h"

enum { RETRY_S = 60 };

static const char *language(const struct page *page) {
  return page_say(page, "zh", "en");
}

static void begin(const struct page *page, struct buf *out) {
  struct value title =
      message_shown(&page->definition, "title", language(page), page->may_know);
  struct buf text = {0};
  if (title.kind == VALUE_TEXT) buf_put(&text, title.text.data, title.text.len);
  page_begin(page, text.len ? text.data : page_say(page, "随访问卷", "Follow-up"), out);
  buf_deinit(&text);
}

static void put_hidden(const char *name, const char *value, struct buf *out) {
  buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
  html_text(out, value);
  buf_puts(out, "\">");
}

static void put_kept(const struct page *page, struct buf *out) {
  const char *all = page_field(page, "all");
  if (all) put_hidden("all", *all == '1' ? "1" : "0", out);
  if (page->asked_language) put_hidden("lang", language(page), out);
}

static void ask_who(struct page *page) {
  struct buf out = {0};
  begin(page, &out);
  buf_printf(&out, "<p class=\"q\">%s</p><form method=\"get\" action=\"/f/%s\">",
             page_say(page, "现在是谁来填写？", "Who is filling this in?"), page->link);
  put_kept(page, &out);
  buf_printf(
      &out,
      "<button name=\"by\" value=\"patient\">%s</button>"
      "<button class=\"p\" name=\"by\" value=\"family\">%s</button></form>",
      page_say(page, "我是患者本人", "I am the patient"),
      page_say(page, "我是家属，代患者回答", "I am family and answer for the patient"));
  page_send(page, 200, &out, 0);
}

static void put_open_form(const struct page *page, int step, struct buf *out) {
  char number[16];
  snprintf(number, sizeof number, "%d", step);
  buf_puts(out, "<form method=\"post\" action=\"");
  if (page_has_photo(page, step)) {  // told in the address too: a refused body tells none
    struct buf to = {0};
    page_address(page, step, &to);
    html_text(out, to.data);
    buf_puts(out, "\" enctype=\"multipart/form-data");
    buf_deinit(&to);
  } else {
    buf_printf(out, "/f/%s", page->link);
  }
  buf_puts(out, "\">");
  put_hidden("by", page_by(page) ? page_by(page) : "patient", out);
  put_hidden("step", number, out);
  put_kept(page, out);
}

static struct value given_of(const struct value *values, const struct value *item) {
  char id[64];
  struct value field = value_field(item, "id");
  snprintf(id, sizeof id, "%.*s", (int)field.text.len, field.text.data);
  return value_field(values, id);
}

static void put_progress(const struct page *page, const struct value *values, int step,
                         struct buf *out) {
  int at = 0, count = 0;
  for (int next = page_next_shown(page, values, 1); next;
       next = page_next_shown(page, values, next + 1)) {
    count++;
    if (next <= step) at = count;
  }
  buf_printf(out,
             page_say(page, "<p class=\"h\">第 %d 题，共 %d 题</p>",
                      "<p class=\"h\">Question %d of %d</p>"),
             at, count);
}

static int previous_shown(const struct page *page, const struct value *values, int step) {
  int found = 0;
  for (int next = page_next_shown(page, values, 1); next && next < step;
       next = page_next_shown(page, values, next + 1))
    found = next;
  return found;
}

static void put_moves(const struct page *page, const struct value *values, int step,
                      struct buf *out) {
  bool last = !step || !page_next_shown(page, values, step + 1);
  int before = step ? previous_shown(page, values, step) : 0;
  buf_printf(out, "<button>%s</button></form>",
             last ? page_say(page, "提交", "Send") : page_say(page, "下一题", "Next"));
  if (before) {
    struct buf to = {0};
    page_address(page, before, &to);
    buf_puts(out, "<a class=\"b p\" href=\"");
    html_text(out, to.data);
    buf_printf(out, "\">%s</a>", page_say(page, "上一题", "Back"));
    buf_deinit(&to);
  }
}

static void put_other_way(const struct page *page, int step, struct buf *out) {
  if (step && page_only_by_step(page)) return;
  buf_printf(out,
             "<p><a class=\"l\" href=\"/f/%s?by=%s&amp;all=%d&amp;lang=%s\">%s</a></p>",
             page->link, page_by(page) ? page_by(page) : "", step ? 1 : 0, language(page),
             step ? page_say(page, "在一页里看全部问题", "See all questions on one page")
                  : page_say(page, "一题一题地回答", "One question at a time"));
}

static void put_failure(const struct page *page, struct buf *out) {
  bool busy = page->request->refused != 0;
  buf_printf(
      out, "<p class=\"w\" role=\"alert\">%s</p>",
      busy
          ? page_say(page, "现在传照片的人太多，这张还没有收到。请过一分钟再选一次照片。",
                     "Too many people are sending photos just now, and we do not "
                     "have yours yet. Please choose it again in a minute.")
          : page_say(page,
                     "刚才没有保存成功，您填的内容还在这里。请过一分钟再按一次"
                     "按钮，或者给我们打电话。",
                     "This was not saved. What you filled in is still here: "
                     "please press the button again in a minute, or ring us."));
}

void page_render(struct page *page, const struct value *values, int step,
                 const struct page_fault *fault) {
  struct buf out = {0};
  begin(page, &out);
  if (page->failed) put_failure(page, &out);
  if (step) put_progress(page, values, step, &out);
  put_open_form(page, step, &out);
  for (int at = page_next_shown(page, values, step ? step : 1); at;
       at = step ? 0 : page_next_shown(page, values, at + 1)) {
    struct value item = page_item_at(page, at), given = given_of(values, &item);
    page_item(page, &item, &given, fault, &out);
  }
  put_moves(page, values, step, &out);
  put_other_way(page, step, &out);
  int refused = page->request->refused ? 413 : 422;
  page_send(page,
            page->failed     ? page->failed
            : fault->item[0] ? refused
                             : 200,
            &out, page->failed ? RETRY_S : 0);
}

static void put_advice(const struct page *page, const struct value *advice,
                       const char *level, struct buf *out) {
  bool emergency = level && strcmp(level, "emergency") == 0;
  struct value words = text_in(advice, language(page));
  if (words.kind != VALUE_TEXT && !emergency) return;
  buf_printf(out, "<div class=\"n%s\" role=\"alert\"><p class=\"q\">%s</p><p>",
             emergency ? " e" : "",
             emergency ? page_say(page, "⚠ 紧急", "⚠ Urgent")
                       : page_say(page, "➜ 给您的建议", "➜ Our advice"));
  if (words.kind == VALUE_TEXT) html_lines(out, words.text.data, words.text.len);
  buf_puts(out, "</p>");
  if (emergency)
    buf_printf(out, "<a class=\"b r\" href=\"tel:120\">☎ %s</a>",
               page_say(page, "拨打 120", "Call 120"));
  buf_puts(out, "</div>");
}

// What the rule said of it; a person is offered beside, but in an emergency, when nobody
// is to wait for a call back. Whether the rule said anything.
static bool put_answer(const struct page *page, struct buf *out) {
  bool abnormal = false, emergency = false;
  struct stmt *row =
      store_query(page->care->store, "SELECT advice, level FROM answer WHERE id=?1", "i",
                  page->answer);
  if (stmt_row(row)) {
    size_t len;
    const char *bytes = stmt_bytes(row, 0, &len);
    struct value advice = {0};
    if (bytes) value_read(bytes, len, &advice);
    const char *level = stmt_text(row, 1);
    abnormal = level != NULL;
    emergency = level && strcmp(level, "emergency") == 0;
    put_advice(page, &advice, level, out);
  }
  stmt_done(row);
  if (abnormal && !emergency) page_consult(page, out);
  return abnormal;
}

static void thank(struct page *page) {
  struct buf out = {0}, phone = {0};
  page_begin(page, page_say(page, "谢谢，我们收到了", "Thank you, we have your answers"),
             &out);
  if (!put_answer(page, &out))
    buf_printf(&out, "<p>%s</p>",
               page_say(page, "您可以关掉这个页面了。", "You can close this page now."));
  page_phone(page, &phone);
  if (phone.len) {
    buf_printf(
        &out, "<p>%s</p><a class=\"b\" href=\"tel:",
        page_say(page, "有问题可以打电话给我们：", "If you have questions, ring us:"));
    html_text(&out, phone.data);
    buf_puts(&out, "\">☎ ");
    html_text(&out, phone.data);
    buf_puts(&out, "</a>");
  }
  page_send(page, 200, &out, 0);
  buf_deinit(&phone);
}

static bool discloses(const struct value *definition) {
  struct value flag = value_field(definition, "discloses"),
               sensitive = value_field(definition, "sensitive"),
               discreet = value_field(definition, "discreet");
  return (value_true(&flag) || value_true(&sensitive)) && discreet.kind == VALUE_NIL;
}

static int first_unanswered(const struct page *page, const struct value *values) {
  int last = 0;
  for (int step = page_next_shown(page, values, 1); step;
       step = page_next_shown(page, values, step + 1)) {
    struct value item = page_item_at(page, step), kind = value_field(&item, "kind"),
                 given = given_of(values, &item);
    last = step;
    if (given.kind == VALUE_NIL && !value_is(&kind, "photo")) return step;
  }
  return last;
}

static void show(struct page *page) {
  struct value values = {0};
  static const struct page_fault none;
  const char *asked = page_field(page, "step");
  int step = asked && strlen(asked) < 4 ? (int)strtol(asked, NULL, 10) : 0;
  if (page->draft.len) value_read(page->draft.data, page->draft.len, &values);
  if (!page_by_step(page)) {
    page_render(page, &values, 0, &none);
    return;
  }
  step = step > 0 ? page_next_shown(page, &values, step) : 0;
  if (!step) step = first_unanswered(page, &values);
  page_render(page, &values, step, &none);
}

void page_form(struct page *page) {
  bool open = !strcmp(page->status, "open") || !strcmp(page->status, "lapsed");
  if (open) page_opened(page);
  if (!strcmp(page->status, "answered"))
    thank(page);
  else if (!open || page->expires_at < kernel_now(page->care->kernel))
    page_sorry(page, 410, "这份问卷已经结束，不用再填了。谢谢您!",
               "These questions are closed; nothing more is needed. Thank you!");
  else if (page->definition.kind != VALUE_MAP ||
           (discloses(&page->definition) && !page->may_know))
    page_sorry(page, 410, "这份问卷现在不能在网上填写，请给我们打电话。",
               "These questions can't be answered here now. Please ring us.");
  else if (!page_by(page))
    ask_who(page);
  else
    show(page);
}
