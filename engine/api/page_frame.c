// The frame of a patient page: brand, words at the foot, headers, polite refusals.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/message_text.h"

// Main text 21 px, lines 1.6, everything touched at least 62 px high, contrast over 7.
static const char style[] =
    "*{box-sizing:border-box}html{font-size:21px;line-height:1.6}"
    "body{margin:0;background:#fff;color:#1a1a1a;font-family:system-ui,"
    "\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",sans-serif}"
    "header,footer,main{padding:16px 18px;max-width:34em;margin:auto}"
    ".bar{background:var(--c);color:var(--i)}header b{font-size:1.15rem}"
    "h1{font-size:1.3rem;line-height:1.4;margin:.3em 0 .6em}"
    "fieldset{border:0;margin:0 0 1.4em;padding:0}legend,.q{font-weight:700;"
    "font-size:1.15rem;padding:0;margin-bottom:.5em;display:block}"
    ".o{display:flex;align-items:center;gap:14px;min-height:62px;padding:8px 14px;"
    "border:2px solid #6b6b6b;border-radius:12px;margin:0 0 12px}"
    ".s{display:grid;grid-template-columns:repeat(auto-fill,minmax(84px,1fr));gap:10px}"
    ".s .o{margin:0}input[type=radio],input[type=checkbox]{width:30px;height:30px;"
    "flex:none;margin:0}"
    "input:not([type=radio]):not([type=checkbox]),textarea{font:inherit;width:100%;"
    "min-height:62px;padding:10px 14px;border:2px solid #6b6b6b;border-radius:12px;"
    "background:#fff;color:#1a1a1a}textarea{min-height:150px}"
    "button,.b{font:inherit;font-weight:700;width:100%;min-height:64px;border:0;"
    "border-radius:12px;background:var(--c);color:var(--i);padding:12px;margin:10px 0;"
    "display:flex;align-items:center;justify-content:center;text-decoration:none}"
    ".p{background:#fff;color:#1a1a1a;border:2px solid #6b6b6b}"
    ".w{border-left:8px solid #b00020;padding:8px 14px;margin:0 0 1em;background:#fff3f3;"
    "color:#7a0015;font-weight:700}.n{border:2px solid #6b6b6b;border-radius:12px;"
    "padding:12px 16px;margin:0 0 1em}.e{border:4px solid #b00020;background:#fff3f3}"
    ".r{background:#b00020;color:#fff}.h{color:#454545}a{color:#0b4f6c}"
    ".l{display:inline-flex;align-items:center;min-height:60px;padding:0 8px}"
    "footer{border-top:2px solid #ccc;margin-top:1.4em}"
    "header img{height:44px;float:left;margin-right:12px}"
    ":focus-visible{outline:4px solid #d98200;outline-offset:2px}";

static struct value program_of(const struct page *page) {
  if (!page->program) return (struct value){0};
  return catalog_find(page->care->catalog, page->department, "program", page->program);
}

// A picture may tell what a name must not.
static bool may_see_brand(const struct page *page, const struct value *program) {
  struct value discloses = value_field(program, "discloses");
  return page->may_know || !value_true(&discloses);
}

static void put_brand(const struct page *page, struct buf *out) {
  struct value program = program_of(page);
  struct value name =
      program.kind == VALUE_NIL
          ? program
          : message_shown(&program, "name", page->english ? "en" : "zh", page->may_know);
  if (name.kind == VALUE_TEXT && may_see_brand(page, &program)) html_logo(out, &program);
  buf_puts(out, "<b>");
  if (name.kind == VALUE_TEXT)
    html_value(out, &name);
  else
    html_text(out, page->care->site->hospital);
  buf_puts(out, "</b>");
  if (name.kind == VALUE_TEXT) {
    buf_puts(out, "<br>");
    html_text(out, page->care->site->hospital);
  }
}

void page_phone(const struct page *page, struct buf *out) {
  struct value program = program_of(page), phone = value_field(&program, "phone");
  if (phone.kind != VALUE_TEXT && page->department) {
    struct value department = catalog_department(page->care->catalog, page->department);
    phone = value_field(&department, "phone");
  }
  if (phone.kind == VALUE_TEXT)
    buf_put(out, phone.text.data, phone.text.len);
  else
    buf_puts(out, page->care->site->phone ? page->care->site->phone : "");
}

void page_begin(const struct page *page, const char *title, struct buf *out) {
  struct value program = program_of(page), color = value_field(&program, "color");
  char shown[8], nonce[17];
  html_color(&color, shown);
  digest_random_id(nonce);
  buf_printf(out,
             "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
             "<meta name=\"robots\" content=\"noindex\"><meta name=\"format-detection\" "
             "content=\"telephone=no\"><title>",
             page_say(page, "zh-CN", "en"));
  html_text(out, title);
  buf_printf(out, "</title><style nonce=\"%s\">:root{--c:%s;--i:%s}%s</style></head>",
             nonce, shown, html_ink(shown), style);
  buf_puts(out, "<body><div class=\"bar\"><header>");
  put_brand(page, out);
  buf_puts(out, "</header></div><main><h1>");
  html_text(out, title);
  buf_puts(out, "</h1>");
}

static void put_language(const struct page *page, struct buf *out) {
  const char *path = page->link[0] ? page->link : "";
  buf_printf(out, "<a class=\"l\" href=\"%s%s%s%slang=%s\" lang=\"%s\">%s</a>",
             page->base ? page->base : "/f", *path ? "/" : "", path,
             page->base && strchr(page->base, '?') ? "&amp;" : "?",
             page_say(page, "en", "zh"), page_say(page, "en", "zh-CN"),
             page_say(page, "English", "中文"));
}

static void put_foot(const struct page *page, struct buf *out) {
  struct buf phone = {0};
  page_phone(page, &phone);
  buf_puts(out, "</main><footer><p>");
  buf_puts(out, page_say(page,
                         "非实时值守，紧急请拨 <a class=\"l\" href=\"tel:120\">120</a>。",
                         "Not monitored in real time; in an emergency call "
                         "<a class=\"l\" href=\"tel:120\">120</a>."));
  if (phone.len) {
    buf_puts(out, page_say(page, "</p><p>咨询电话：<a class=\"l\" href=\"tel:",
                           "</p><p>Our number: <a class=\"l\" href=\"tel:"));
    html_text(out, phone.data);
    buf_puts(out, "\">");
    html_text(out, phone.data);
    buf_puts(out, "</a>");
  }
  buf_puts(out, "</p><p>");
  put_language(page, out);
  if (page->link[0] && page->token.question)
    buf_printf(out, " <a class=\"l\" href=\"/f/%s/stop\">%s</a>", page->link,
               page_say(page, "不再接收消息", "Stop these messages"));
  buf_puts(out, "</p></footer></body></html>\n");
  buf_deinit(&phone);
}

static void policy_of(const struct buf *out, char *policy, size_t size) {
  const char *nonce = strstr(buf_text(out), "nonce=\"");
  snprintf(policy, size,
           "default-src 'none'; img-src data:; style-src 'nonce-%.16s'; form-action "
           "'self'; base-uri 'none'; frame-ancestors 'none'",
           nonce ? nonce + 7 : "");
}

// What could not be read was not there for who wrote the page.
static void put_unread(struct page *page, struct buf *out) {
  log_line(LOG_LEVEL_ERROR, "page.read-failed", "path=/f");
  buf_clear(out);
  api_read_begin(page->api);
  page_begin(page, page_say(page, "打不开这个页面", "This page can't be opened"), out);
  buf_puts(out, page_say(page, "<p>系统出了问题，请过一会儿再试。</p>",
                         "<p>Something went wrong. Please try again later.</p>"));
}

void page_send(struct page *page, int status, struct buf *out, int64_t retry_s) {
  if (api_read_failed(page->api)) {
    put_unread(page, out);
    status = 500;
  }
  char policy[192], seconds[24];
  put_foot(page, out);
  policy_of(out, policy, sizeof policy);
  snprintf(seconds, sizeof seconds, "%lld", (long long)retry_s);
  struct http_header headers[] = {{"Content-Type", "text/html; charset=utf-8"},
                                  {"Content-Security-Policy", policy},
                                  {"Referrer-Policy", "no-referrer"},
                                  {"Cache-Control", "no-store"},
                                  {"X-Content-Type-Options", "nosniff"},
                                  {"X-Robots-Tag", "noindex"},
                                  {"Retry-After", seconds}};
  http_respond(page->request, status, headers, retry_s > 0 ? 7 : 6, out->data, out->len);
  page->request = NULL;
  buf_deinit(out);
}

void page_redirect(struct http_request *request, const char *to) {
  struct http_header headers[] = {{"Location", to},
                                  {"Referrer-Policy", "no-referrer"},
                                  {"Cache-Control", "no-store"}};
  http_respond(request, 303, headers, 3, NULL, 0);
}

static void put_ring(const struct page *page, struct buf *out) {
  struct buf phone = {0};
  page_phone(page, &phone);
  if (phone.len) {
    buf_puts(out, "<p>");
    buf_puts(out, page_say(page, "需要帮助请拨打：", "For help, ring us:"));
    buf_puts(out, "</p><a class=\"b\" href=\"tel:");
    html_text(out, phone.data);
    buf_puts(out, "\">☎ ");
    html_text(out, phone.data);
    buf_puts(out, "</a>");
  }
  buf_deinit(&phone);
}

static void sorry(struct page *page, int status, const char *text, int64_t retry_s) {
  struct buf out = {0};
  page_begin(page, page_say(page, "打不开这个页面", "This page can't be opened"), &out);
  buf_puts(&out, "<p>");
  html_text(&out, text);
  buf_puts(&out, "</p>");
  put_ring(page, &out);
  page_send(page, status, &out, retry_s);
}

void page_sorry(struct page *page, int status, const char *zh, const char *en) {
  sorry(page, status, page_say(page, zh, en), 0);
}

void page_sorry_later(struct page *page, int64_t wait_ms) {
  page->api->limited++;
  sorry(page, 429,
        page_say(page, "试的次数太多了，请过一会儿再试。",
                 "Too many tries. Please try again a little later."),
        wait_ms / 1000 + 1);
}
