#include "api/card_bind.h"

#include <stdio.h>
#include <string.h>

#include "api/card_frame.h"
#include "api/html.h"
#include "api/pending.h"
#include "base/digest.h"
#include "base/mem.h"

enum { CHANNEL_SIZE = 32 };

static void put_middle(const struct card *card, const char *holds, struct buf *out) {
  buf_printf(out, "<main><p><b>%s</b></p>",
             card_say(card, "微信绑定（患者或家属）", "WeChat, for patient or family"));
  card_qr(holds, out);
  buf_printf(
      out, "<p>%s</p><p>%s</p><p>%s</p></main>",
      card_say(card, "1. 用微信扫一扫，关注公众号", "1. Scan with WeChat, and follow"),
      card_say(card, "2. 点开收到的链接", "2. Open the link that you get"),
      card_say(card, "3. 填住院号后 4 位，选与患者的关系",
               "3. Type the last 4 of the stay number, and who you are"));
}

static void print(struct pending *pending, const struct value *id) {
  struct card card;
  struct buf page = {0}, middle = {0};
  char *holds = value_copy_text(id);
  card_open(&card, pending->api->care, pending->row, pending->kind == 'e');
  put_middle(&card, holds, &middle);
  card_put(&card, card_say(&card, "微信绑定卡", "WeChat card"), &middle, &page);
  if (!api_unread(pending->api, pending->request)) card_send(pending->request, &page);
  card_deinit(&card);
  mem_free(holds);
  buf_deinit(&middle);
  buf_deinit(&page);
}

static void on_scene(struct pending *pending, const struct value *report) {
  struct value result = value_field(report, "result"), id = value_field(report, "id"),
               detail = value_field(report, "detail");
  struct buf why = {0};
  if (value_is(&result, "accepted") && id.kind == VALUE_TEXT) {
    print(pending, &id);
    return;
  }
  buf_puts(&why, "the channel gave no code to scan: ");
  if (detail.kind == VALUE_TEXT)
    buf_put(&why, detail.text.data, detail.text.len);
  else
    buf_puts(&why, "it did not say why; afterward channels may");
  http_respond_problem(pending->request, 502, why.data);
  buf_deinit(&why);
}

// Of the card's code: bind-123456789. The pending's text is the channel's name.
static void ask_scene(struct pending *pending, const char *code) {
  struct api *api = pending->api;
  struct pending *waiting = pending_new(api, pending->request, on_scene);
  struct status status = {0};
  char id[17], key[32], scene[40];
  digest_random_id(id);
  snprintf(key, sizeof key, "scene-%s", id);
  snprintf(scene, sizeof scene, "bind-%s", code);
  waiting->row = pending->row;
  waiting->kind = pending->kind;
  struct outgoing outgoing = {.channel = pending->text.data,
                              .address = "",
                              .key = key,
                              .text = scene,
                              .program = "",
                              .class_ = "scene",
                              .started_at = kernel_now(api->care->kernel)};
  if (!api->engine.test ||
      api->engine.test(api->engine.self, &outgoing, pending_told, waiting, &status)) {
    http_respond_problem(pending->request, 409,
                         status.text[0] ? status.text : "no channel makes codes to scan");
    pending_free(waiting);
  }
}

static void on_made(struct pending *pending, const struct value *result) {
  char *code = card_made(pending, result);
  if (code) ask_scene(pending, code);
  mem_free(code);
}

void card_bind(struct call *call) {
  const char *channel = http_form_get(&call->query, "channel");
  if (channel && (!*channel || strlen(channel) >= CHANNEL_SIZE))
    call_problem(call, 400, "channel: a name of at most %d bytes", CHANNEL_SIZE - 1);
  else
    card_make(call, on_made, channel ? channel : "wechat");
}
