// "/case/<number>": how far it is, and what was answered, for who sent it; in plain
// words, without names of staff but those that its triage allows (page_case_contact.c).
#include <stdio.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "base/digest.h"
#include "base/iso.h"
#include "care/case.h"

static const struct rate_limit look_limit = {12, 60};  // of one address: wrong tries

static void ask_code(struct page *page, const char *number, const char *complaint) {
  struct buf out = {0};
  page_begin(page, page_say(page, "查看进度", "How far it is"), &out);
  if (complaint) {
    buf_puts(&out, "<p class=\"w\" role=\"alert\">");
    html_text(&out, complaint);
    buf_puts(&out, "</p>");
  }
  buf_printf(
      &out,
      "<form method=\"post\" action=\"/case\"><input type=\"hidden\" name=\"lang\" "
      "value=\"%s\"><label class=\"q\" for=\"number\">%s</label><input id=\"number\" "
      "name=\"number\" inputmode=\"numeric\" maxlength=\"24\" required value=\"",
      page_say(page, "zh", "en"), page_say(page, "编号", "Your number"));
  html_text(&out, number);
  buf_printf(
      &out,
      "\"><br><br><label class=\"q\" for=\"code\">%s</label><input id=\"code\" "
      "name=\"code\" maxlength=\"12\" autocomplete=\"off\" required><button>%s</button>"
      "</form>",
      page_say(page, "手机号后 4 位，或者查询码",
               "The last 4 digits of your phone, or your code"),
      page_say(page, "查看", "Look"));
  page_send(page, complaint ? 422 : 200, &out, 0);
}

static bool is_tail(const struct page *page, int64_t id, const char *typed) {
  return strlen(typed) == 4 &&
         store_int(page->care->store, 0,
                   "SELECT 1 FROM case_file JOIN contact ON contact.patient=sender JOIN "
                   "identity USING (person) WHERE enrollment=?1 AND kind='phone' AND "
                   "substr(value, -4)=?2 LIMIT 1",
                   "it", id, typed);
}

static bool may_look(struct page *page, int64_t *wait) {
  char address[64];
  rate_address(page->request->peer, address, sizeof address);
  return rate_has(page->api->rate, &look_limit, address, clock_steady_ms(), wait);
}

static void looked_wrong(struct page *page) {
  char address[64];
  rate_address(page->request->peer, address, sizeof address);
  rate_take(page->api->rate, &look_limit, address, clock_steady_ms());
}

static int64_t find(const struct page *page, const char *number) {
  return store_int(page->care->store, 0,
                   "SELECT enrollment FROM case_file WHERE number=?1", "t", number);
}

static bool is_closed(const struct page *page, int64_t id) {
  return store_int(page->care->store, 0,
                   "SELECT closed_at FROM case_file WHERE enrollment=?1", "i", id) != 0;
}

static bool is_code(const struct page *page, const char *number, const char *typed) {
  char code[CASE_CODE_SIZE];
  case_code(page->api->keys.link, number, code);
  return digest_equal(code, strlen(code), typed, strlen(typed));
}

// Steps in plain words, without the names of staff.
static const char *step_words(const struct page *page, const char *what,
                              const char *detail) {
  if (!strcmp(what, "received")) return page_say(page, "收到", "Received");
  if (!strcmp(what, "added")) return page_say(page, "已补充说明", "More was said");
  if (!strcmp(what, "paused"))
    return page_say(page, "等您补充信息", "Waiting for your answer");
  if (!strcmp(what, "resumed")) return page_say(page, "继续处理", "Going on");
  if (!strcmp(what, "extended"))
    return page_say(page, "需要更多时间，已延期", "It needs more time: extended");
  if (!strcmp(what, "transferred"))
    return page_say(page, "转到另一个科室", "Passed on to another department");
  if (!strcmp(what, "reopened"))
    return page_say(page, "重新处理，由上一级负责", "Taken up again, one level higher");
  if (!strcmp(what, "closed")) return page_say(page, "已办结", "Closed");
  if (strcmp(what, "met") != 0) return NULL;
  if (!strcmp(detail, "dispatch"))
    return page_say(page, "已交责任科室", "Given to those responsible");
  if (!strcmp(detail, "plan"))
    return page_say(page, "已告知处理方案", "Told what we will do");
  if (!strcmp(detail, "resolution")) return page_say(page, "已答复", "Answered");
  return NULL;
}

static void put_steps(const struct page *page, int64_t id, struct buf *out) {
  struct stmt *rows = store_query(page->care->store,
                                  "SELECT at, what, coalesce(detail, '') FROM case_step "
                                  "WHERE enrollment=?1 ORDER BY id",
                                  "i", id);
  while (stmt_row(rows)) {
    const char *words = step_words(page, stmt_text(rows, 1), stmt_text(rows, 2));
    char when[ISO_SIZE];
    if (!words) continue;
    iso_format(stmt_int(rows, 0), care_site_zone(page->care), when);
    buf_printf(out, "<p class=\"n\">%.10s %.5s　%s</p>", when, when + 11, words);
  }
  stmt_done(rows);
}

static void put_add(const struct page *page, const char *number, int64_t id,
                    struct buf *out) {
  char code[CASE_CODE_SIZE];
  if (is_closed(page, id)) return;
  case_code(page->api->keys.link, number, code);
  buf_printf(out,
             "<a class=\"b p\" href=\"/feedback?case=%s&amp;code=%s&amp;lang=%s\">%s</a>",
             number, code, page_say(page, "zh", "en"),
             page_say(page, "补充说明", "Say more about it"));
}

static void show_case(struct page *page, const char *number, int64_t id) {
  struct buf out = {0};
  page_begin(page, number, &out);
  put_steps(page, id, &out);
  page_case_contact(page, id, &out);
  page_case_said(page, number, &out);
  put_add(page, number, id, &out);
  page_send(page, 200, &out, 0);
}

void page_case(struct page *page, const char *given, bool post) {
  const char *typed = page_field(page, "code"), *asked = page_field(page, "number"),
             *number = post && asked ? asked : given;
  int64_t wait;
  page->base = "/case";
  if (!post) {
    ask_code(page, strlen(number) < 25 ? number : "", NULL);
    return;
  }
  if (!may_look(page, &wait)) {
    page_sorry_later(page, wait);
    return;
  }
  int64_t id = find(page, number);
  if (id && typed && (is_tail(page, id, typed) || is_code(page, number, typed))) {
    show_case(page, number, id);
    return;
  }
  looked_wrong(page);
  ask_code(page, strlen(number) < 25 ? number : "",
           page_say(page, "编号或查询码不对，请再核对一次。",
                    "The number or the code is not right. Please check both."));
}

static void read_ward(const struct page *page, struct page_case *out) {
  struct buf field = {0};
  struct value view;
  case_field(page->care, out->id, 0, "ward", &field);
  value_read(field.data, field.len, &view);
  if (view.kind == VALUE_TEXT && view.text.len < sizeof out->ward)
    memcpy(out->ward, view.text.data, view.text.len);
  buf_deinit(&field);
}

bool page_case_named(struct page *page, struct page_case *out) {
  int64_t wait;
  *out = (struct page_case){.number = page_field(page, "case"),
                            .code = page_field(page, "code")};
  if (!out->number || !out->code) return true;
  if (!may_look(page, &wait)) return page_sorry_later(page, wait), false;
  out->id = find(page, out->number);
  if (!out->id || !is_code(page, out->number, out->code)) {
    looked_wrong(page);
    out->id = 0;
    return true;
  }
  read_ward(page, out);
  out->closed = is_closed(page, out->id);
  if (out->closed) out->id = 0;
  return true;
}
