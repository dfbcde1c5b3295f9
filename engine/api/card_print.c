#include "api/card_print.h"

#include "api/card_frame.h"
#include "api/html.h"
#include "api/pending.h"
#include "base/mem.h"

static void put_way_in(const struct card *card, const char *code, struct buf *out) {
  struct buf address = {0};
  buf_printf(&address, "%s/f/%s", card->care->site->base_url, code);
  buf_printf(out, "<main><p><b>%s</b></p>",
             card_say(card, "出院随访卡", "Your follow-up card"));
  card_qr(address.data, out);
  buf_printf(out, "<p>%s</p><p class=\"u\">",
             card_say(card, "扫码，或打开网址并输入短码：",
                      "Scan it, or open the address and type the code:"));
  html_text(out, card->care->site->base_url);
  buf_printf(out, "/f</p><p class=\"c\">%.3s %.3s %.3s</p><p>%s</p></main>", code,
             code + 3, code + 6,
             card_say(card, "再输入患者的出生日期，就能填写随访问卷。",
                      "Then the patient's date of birth opens your follow-up pages."));
  buf_deinit(&address);
}

static void on_made(struct pending *pending, const struct value *result) {
  struct card card;
  struct buf page = {0}, middle = {0};
  char *digits = card_made(pending, result);
  if (!digits) return;
  card_open(&card, pending->api->care, pending->row, pending->kind == 'e');
  put_way_in(&card, digits, &middle);
  card_put(&card, card_say(&card, "出院随访卡", "Follow-up card"), &middle, &page);
  if (!api_unread(pending->api, pending->request)) card_send(pending->request, &page);
  card_deinit(&card);
  mem_free(digits);
  buf_deinit(&middle);
  buf_deinit(&page);
}

void card_print(struct call *call) { card_make(call, on_made, ""); }
