#include "api/card_print.h"

#include "api/access.h"
#include "api/card_frame.h"
#include "api/html.h"
#include "api/pending.h"
#include "base/mem.h"
#include "care/mapping.h"

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
  struct value status = value_field(result, "status"), code = value_field(result, "code");
  struct card card;
  struct buf page = {0}, middle = {0};
  if (value_int_or(&status, 500) >= 400 || code.kind != VALUE_TEXT) {
    http_respond_problem(pending->request, 503,
                         "the card's code was not kept; try again");
    return;
  }
  char *digits = value_copy_text(&code);
  card_open(&card, pending->api->care, pending->row, pending->kind == 'e');
  put_way_in(&card, digits, &middle);
  card_put(&card, card_say(&card, "出院随访卡", "Follow-up card"), &middle, &page);
  if (!api_unread(pending->api, pending->request)) card_send(pending->request, &page);
  card_deinit(&card);
  mem_free(digits);
  buf_deinit(&middle);
  buf_deinit(&page);
}

void card_print(struct call *call) {
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
  struct pending *pending = pending_new(call->api, call->request, on_made);
  call->request = NULL;
  pending->row = patient;
  pending->kind = card_in_english(call, patient) ? 'e' : 'z';
  pending_submit(pending, "card", NULL, "card.make", &body);
  buf_deinit(&body);
}
