#include "api/card_poster.h"

#include <string.h>

#include "api/card_frame.h"
#include "api/html.h"
#include "api/page.h"

// Read from two steps away.
static const char style[] =
    "@page{size:210mm 297mm}html{height:295mm}body{width:210mm;height:295mm;"
    "font-size:16pt}header{padding:8mm 14mm}header b{font-size:32pt}main{padding:5mm "
    "14mm}svg{width:92mm;height:92mm}h1{font-size:42pt;line-height:1.15;margin:0}"
    "h1 span{display:block;font-size:22pt;font-weight:400}h2{font-size:28pt;margin:2mm}"
    ".u{font-size:13pt}.k{color:#454545;font-size:13pt}footer{padding:4mm 14mm}";

static void put_address(const struct call *call, const char *ward, struct buf *out) {
  buf_printf(out, "%s/feedback/", call->care->site->base_url);
  http_percent_encode(out, ward, strlen(ward));
}

static void put_middle(const struct call *call, const char *ward, struct buf *out) {
  struct buf address = {0};
  put_address(call, ward, &address);
  buf_puts(out, "<main><h1>我们在听<span>We listen</span></h1><h2>");
  html_text(out, ward);
  buf_puts(out,
           "</h2><p>扫一扫，写下您的意见、投诉、表扬或问题<br>Scan, and tell us your "
           "opinion, complaint, praise or question</p>");
  card_qr(address.data, out);
  buf_puts(out, "<p class=\"u\">");
  html_text(out, call->care->site->base_url);
  buf_puts(out, "/feedback/");
  html_text(out, ward);
  buf_puts(
      out,
      "</p><p class=\"k\">不用登录，可以匿名；可以写字、拍照、录音。<br>马上得到编号，"
      "随时查看进度和答复。<br>No login, anonymous if you wish; text, photos or a "
      "recording.<br>You get a number at once, and see our answer by it.<br>Not "
      "monitored in real time; in an emergency call 120.</p>"
      "</main>");
  buf_deinit(&address);
}

static void send_page(struct call *call, const char *ward) {
  struct card card;
  struct buf page = {0}, middle = {0};
  card_open(&card, call->care, 0, false);
  card.style = style;
  put_middle(call, ward, &middle);
  card_put(&card, "我们在听 We listen", &middle, &page);
  if (!call_unread(call)) card_send(call->request, &page);
  card_deinit(&card);
  buf_deinit(&middle);
  buf_deinit(&page);
}

static void send_code(struct call *call, const char *ward) {
  static const struct http_header headers[] = {{"Content-Type", "image/svg+xml"},
                                               {"X-Content-Type-Options", "nosniff"}};
  struct buf address = {0}, svg = {0};
  put_address(call, ward, &address);
  card_qr(address.data, &svg);
  http_respond(call->request, 200, headers, 2, buf_text(&svg), svg.len);
  buf_deinit(&address);
  buf_deinit(&svg);
}

void card_poster(struct call *call) {
  bool bad = false;
  const char *ward = call->segments[1],
             *format = call_filter_word(call, "format", "html svg", &bad);
  if (bad) return;
  if (!page_feedback_ward(ward))
    call_problem(call, 422, "the ward's name: 1 to %d bytes of plain text",
                 PAGE_FEEDBACK_WARD_MOST);
  else if (!*call->care->site->base_url)
    call_problem(call, 409,
                 "base_url is missing in the configuration: a poster leads nowhere");
  else if (format && !strcmp(format, "svg"))
    send_code(call, ward);
  else
    send_page(call, ward);
}
