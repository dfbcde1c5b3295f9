#include "api/card_frame.h"

#include <qrencode.h>
#include <string.h>

#include "api/access.h"
#include "api/html.h"
#include "api/pending.h"
#include "base/mem.h"
#include "care/mapping.h"
#include "care/message_text.h"

static const char style[] =
    "@page{size:105mm 148mm;margin:0}*{box-sizing:border-box}"
    "html{height:146mm;overflow:hidden}"
    "body{margin:0;width:105mm;height:146mm;display:flex;flex-direction:column;"
    "break-inside:avoid;"
    "font-family:system-ui,\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\","
    "sans-serif;color:#1a1a1a;font-size:11pt;line-height:1.4;"
    "-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    "header{background:var(--c);color:var(--i);padding:5mm 7mm}"
    "header img{height:11mm;float:right}header b{font-size:17pt}header span,header "
    "i{display:block;font-style:normal}"
    "main{padding:4mm "
    "7mm;flex:1;min-height:0;text-align:center}svg{width:44mm;height:44mm}"
    ".c{font-size:22pt;font-weight:700;letter-spacing:1pt;margin:1mm 0;"
    "font-variant-numeric:tabular-nums}p{margin:1.5mm 0}.u{word-break:break-all}"
    "footer{border-top:.5mm solid #1a1a1a;padding:3mm 7mm 5mm;font-weight:700}";

const char *card_say(const struct card *card, const char *zh, const char *en) {
  return card->english ? en : zh;
}

static void find_program(struct card *card) {
  struct stmt *row = store_query(card->care->store,
                                 "SELECT department, pathway FROM enrollment WHERE"
                                 " patient=?1 ORDER BY status='ended', id DESC LIMIT 1",
                                 "i", card->patient);
  if (stmt_row(row)) {
    card->department = mem_copy_text(stmt_text(row, 0));
    struct value pathway =
        catalog_find(card->care->catalog, card->department, "pathway", stmt_text(row, 1));
    struct value program = value_field(&pathway, "program");
    card->program = value_copy_text(&program);
  }
  stmt_done(row);
}

static struct value program_of(const struct card *card) {
  if (!card->program) return (struct value){0};
  return catalog_find(card->care->catalog, card->department, "program", card->program);
}

// Anybody may see the card, so that it shows what the patient who knows nothing may.
static void put_brand(const struct card *card, struct buf *out) {
  const char *language = card_say(card, "zh", "en");
  struct value program = program_of(card), discloses = value_field(&program, "discloses"),
               slogan_field = value_field(&program, "slogan"), name = {0};
  struct value slogan = value_true(&discloses) ? name : text_in(&slogan_field, language);
  if (program.kind != VALUE_NIL) name = message_shown(&program, "name", language, false);
  buf_puts(out, "<header>");
  if (!value_true(&discloses)) html_logo(out, &program);
  buf_puts(out, "<b>");
  if (name.kind == VALUE_TEXT)
    html_value(out, &name);
  else
    html_text(out, card->care->site->hospital);
  buf_puts(out, "</b>");
  if (name.kind == VALUE_TEXT) {
    buf_puts(out, "<span>");
    html_text(out, card->care->site->hospital);
    buf_puts(out, "</span>");
  }
  if (slogan.kind == VALUE_TEXT) {
    buf_puts(out, "<i>");
    html_value(out, &slogan);
    buf_puts(out, "</i>");
  }
  buf_puts(out, "</header>");
}

// A row's dark modules in as few strokes as there are runs of them.
static void put_row(const unsigned char *modules, int width, int y, struct buf *out) {
  for (int x = 0; x < width; x++) {
    int run = 0;
    while (x + run < width && modules[x + run] & 1) run++;
    if (run) buf_printf(out, "M%d %dh%dv1h-%dz", x + 4, y + 4, run, run);
    x += run;
  }
}

void card_qr(const char *text, struct buf *out) {
  QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
  if (!code) return;  // an address that fits no QR code: the words beside it remain
  buf_printf(
      out,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
      " aria-label=\"QR\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" "
      "d=\"M0 0h%dv%dH0z\"/><path d=\"",
      code->width + 8, code->width + 8, code->width + 8, code->width + 8);
  for (int y = 0; y < code->width; y++)
    put_row(code->data + y * code->width, code->width, y, out);
  buf_puts(out, "\"/></svg>");
  QRcode_free(code);
}

static void put_number(const struct card *card, struct buf *out) {
  struct value program = program_of(card), phone = value_field(&program, "phone");
  if (phone.kind != VALUE_TEXT && card->department) {
    struct value department = catalog_department(card->care->catalog, card->department);
    phone = value_field(&department, "phone");
  }
  bool known = phone.kind == VALUE_TEXT || card->care->site->phone[0];
  buf_puts(out, "<footer>");
  if (known) buf_printf(out, "<p>%s ☎ ", card_say(card, "咨询电话", "Our number"));
  if (phone.kind == VALUE_TEXT)
    html_value(out, &phone);
  else
    html_text(out, card->care->site->phone);
  if (known) buf_puts(out, "</p>");
  buf_printf(out, "<p>%s</p></footer>",
             card_say(card, "非实时值守，紧急请拨 120",
                      "Not monitored in real time; in an emergency call 120"));
}

void card_put(const struct card *card, const char *title, const struct buf *middle,
              struct buf *out) {
  struct value program = program_of(card), color = value_field(&program, "color");
  char shown[8];
  html_color(&color, shown);
  buf_printf(out,
             "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><title>%s"
             "</title><style>:root{--c:%s;--i:%s}%s%s</style></head><body>",
             card_say(card, "zh-CN", "en"), title, shown, html_ink(shown), style,
             card->style ? card->style : "");
  put_brand(card, out);
  buf_put(out, middle->data, middle->len);
  put_number(card, out);
  buf_puts(out, "</body></html>\n");
}

void card_open(struct card *card, struct care *care, int64_t patient, bool english) {
  *card = (struct card){.care = care, .patient = patient, .english = english};
  find_program(card);
}

void card_deinit(struct card *card) {
  mem_free(card->department);
  mem_free(card->program);
}

void card_send(struct http_request *request, const struct buf *page) {
  static const struct http_header headers[] = {
      {"Content-Type", "text/html; charset=utf-8"},
      {"Content-Security-Policy",
       "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors "
       "'none'"},
      {"Cache-Control", "no-store"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"}};
  http_respond(request, 200, headers, sizeof headers / sizeof *headers, page->data,
               page->len);
}

void card_make(struct call *call, void (*done)(struct pending *, const struct value *),
               const char *text) {
  int64_t patient = call_row(call, 1, 'p');
  if (!patient || !access_patient(call, patient)) {
    call_problem(call, 404, "there is no such patient among those you see");
    return;
  }
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "by", call->caller->staff);
  mapping_int(&map, "patient", patient);
  mapping_end(&map);
  struct pending *pending = pending_new(call->api, call->request, done);
  call->request = NULL;
  pending->row = patient;
  pending->kind = card_in_english(call, patient) ? 'e' : 'z';
  buf_puts(&pending->text, text);
  pending_submit(pending, "card", NULL, "card.make", &body);
  buf_deinit(&body);
}

char *card_made(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status"), code = value_field(result, "code");
  char *digits = value_int_or(&status, 500) < 400 ? value_copy_text(&code) : NULL;
  if (!digits)
    http_respond_problem(pending->request, 503,
                         "the card's code was not kept; try again");
  return digits;
}

bool card_in_english(struct call *call, int64_t patient) {
  const char *asked = http_form_get(&call->query, "lang");
  if (asked && (!strcmp(asked, "en") || !strcmp(asked, "zh"))) return *asked == 'e';
  return store_int(call->care->store, 0, "SELECT language='en' FROM patient WHERE id=?1",
                   "i", patient) != 0;
}
