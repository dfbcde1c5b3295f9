// "/f/bind/<card's code>?o=…&c=…&t=…&s=…": whoever scanned a patient's code in WeChat
// types the tail of the stay number and says who they are (WARD 9). The link is signed by
// the channel that heard from the account.
#include <stdlib.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "base/bind_link.h"
#include "base/mask.h"
#include "base/mem.h"
#include "care/binding.h"
#include "care/card.h"
#include "care/mapping.h"

static const struct rate_limit address_limit = {20, 60};
enum { GOOD_MINUTES = 24 * 60, ACCOUNT_MOST = 128 };

struct scan {  // what the link says; of the page's query or form
  const char *code, *account, *channel, *minute, *signature;
};

static bool read_scan(const struct page *page, const char *code, struct scan *out) {
  *out = (struct scan){code, page_field(page, "o"), page_field(page, "c"),
                       page_field(page, "t"), page_field(page, "s")};
  return out->account && out->channel && out->minute && out->signature && *out->account &&
         strlen(out->account) <= ACCOUNT_MOST && strlen(out->channel) < 32;
}

// A link of yesterday is somebody's history, and not at the bedside.
static bool is_signed(const struct page *page, const struct scan *scan) {
  char key[BIND_KEY_SIZE];
  int64_t now = kernel_now(page->care->kernel) / 60000,
          minute = strtoll(scan->minute, NULL, 10);
  bind_key(page->api->keys.link, scan->channel, key);
  return bind_signed(key, scan->code, scan->account, scan->minute, scan->signature) &&
         minute <= now + 5 && minute > now - GOOD_MINUTES;
}

static void put_hidden(struct buf *out, const char *name, const char *value) {
  buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
  html_text(out, value);
  buf_puts(out, "\">");
}

static void begin_form(const struct page *page, const struct scan *scan,
                       struct buf *out) {
  buf_puts(out, "<form method=\"post\" action=\"/f/bind/");
  html_text(out, scan->code);
  buf_puts(out, "\">");
  put_hidden(out, "o", scan->account);
  put_hidden(out, "c", scan->channel);
  put_hidden(out, "t", scan->minute);
  put_hidden(out, "s", scan->signature);
  put_hidden(out, "lang", page_say(page, "zh", "en"));
}

static void put_relation(const struct page *page, const char *chosen, struct buf *out) {
  static const char *const words[][3] = {{"self", "患者本人", "the patient"},
                                         {"spouse", "配偶", "husband or wife"},
                                         {"child", "子女", "son or daughter"},
                                         {"parent", "父母", "father or mother"},
                                         {"sibling", "兄弟姐妹", "brother or sister"},
                                         {"other", "其他", "somebody else"}};
  buf_printf(out, "<fieldset><legend class=\"q\">%s</legend>",
             page_say(page, "您是患者的", "You are"));
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    buf_printf(out,
               "<label class=\"o\"><input type=\"radio\" name=\"relation\" value=\"%s\""
               " required%s> %s</label>",
               words[i][0], chosen && !strcmp(chosen, words[i][0]) ? " checked" : "",
               page_say(page, words[i][1], words[i][2]));
  buf_puts(out, "</fieldset>");
}

static void put_input(struct buf *out, const char *name, const char *label,
                      const char *hint, const char *value, bool required) {
  buf_printf(out,
             "<label class=\"q\" for=\"%s\">%s</label><p class=\"h\" id=\"%sh\">%s</p>"
             "<input id=\"%s\" name=\"%s\" maxlength=\"32\" autocomplete=\"off\" "
             "aria-describedby=\"%sh\"%s value=\"",
             name, label, name, hint, name, name, name, required ? " required" : "");
  html_text(out, value ? value : "");
  buf_puts(out, "\"><br><br>");
}

static bool is_bound(const struct page *page, const struct scan *scan) {
  return store_int(page->care->store, 0,
                   "SELECT 1 FROM card JOIN binding b ON b.patient=card.patient JOIN"
                   " identity i ON i.id=b.identity WHERE card.code=?1 AND i.value=?2 AND"
                   " b.ended_at IS NULL LIMIT 1",
                   "tt", scan->code, scan->account) != 0;
}

static void put_way_out(const struct page *page, const struct scan *scan,
                        struct buf *out) {
  if (!is_bound(page, scan)) return;
  buf_printf(out, "<p class=\"n\">%s</p>",
             page_say(page, "这个微信已经绑定了这位患者。",
                      "This WeChat account is bound to this patient already."));
  begin_form(page, scan, out);
  put_hidden(out, "undo", "1");
  buf_printf(out, "<button>%s</button></form><br>", page_say(page, "解除绑定", "Unbind"));
}

static void show(struct page *page, const struct scan *scan, const char *complaint) {
  struct buf out = {0};
  page_begin(page, page_say(page, "微信绑定", "Bind this WeChat account"), &out);
  if (complaint) {
    buf_puts(&out, "<p class=\"w\" role=\"alert\">");
    html_text(&out, complaint);
    buf_puts(&out, "</p>");
  } else {
    put_way_out(page, scan, &out);
  }
  begin_form(page, scan, &out);
  put_input(&out, "tail", page_say(page, "住院号后 4 位", "Last 4 of the stay number"),
            page_say(page, "在腕带或住院单上", "On the wristband or the admission form"),
            page_field(page, "tail"), true);
  put_relation(page, page_field(page, "relation"), &out);
  put_input(&out, "phone", page_say(page, "您的手机号（选填）", "Your phone (optional)"),
            page_say(page, "住院时登记过的话，请填同一个号码",
                     "The one the hospital knows, if it knows one"),
            page_field(page, "phone"), false);
  buf_printf(&out, "<button>%s</button></form>", page_say(page, "绑定", "Bind"));
  page_send(page, complaint ? 422 : 200, &out, 0);
}

// The reader proved to know the patient, and still sees the name masked.
static void put_name(const struct page *page, int64_t patient, struct buf *out) {
  struct buf masked = {0};
  struct stmt *row = store_query(
      page->care->store,
      "SELECT value FROM identity WHERE person=?1 AND kind='name' LIMIT 1", "i", patient);
  if (stmt_row(row)) mask_name(stmt_text(row, 0), &masked);
  stmt_done(row);
  html_text(out, masked.len ? buf_text(&masked) : page_say(page, "患者", "the patient"));
  buf_deinit(&masked);
}

static void thank(struct page *page, int64_t patient) {
  struct buf out = {0};
  page_begin(page,
             patient ? page_say(page, "绑定成功", "Bound")
                     : page_say(page, "已解除绑定", "Unbound"),
             &out);
  buf_puts(&out, "<p>");
  if (patient) {
    put_name(page, patient, &out);
    buf_puts(&out, page_say(page, "：出院后的随访消息会发到这个微信。",
                            ": after discharge, messages come to this account."));
  } else {
    buf_puts(&out, page_say(page, "这位患者的消息不再发到这个微信。",
                            "Messages about this patient come here no more."));
  }
  buf_puts(&out, "</p>");
  page_send(page, 200, &out, 0);
}

// The form once more: what was typed is gone with the request, but for the link.
static void complain(struct page *page, struct pending *pending, int64_t code) {
  const char *at = pending->text.data;
  struct scan scan = {0};
  const char **const fields[] = {&scan.code, &scan.account, &scan.channel, &scan.minute,
                                 &scan.signature};
  for (size_t i = 0; i < 5; i++) {
    *fields[i] = at;
    at += strlen(at) + 1;
  }
  if (code == 429)
    page_sorry(page, 429, "试的次数太多，请一小时后再试，或告诉护士。",
               "Too many tries. Please try again in an hour, or tell the nurse.");
  else if (code == 422)
    show(page, &scan,
         page_say(page, "住院号后 4 位不对，或没有选关系，请再核对一次。",
                  "The number is not right, or who you are is missing. Please check."));
  else
    page_sorry(page, code == 404 ? 404 : 503, "没有成功，请告诉护士。",
               "It did not work. Please tell the nurse.");
}

static void on_bound(struct pending *pending, const struct value *result) {
  struct page page = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .english = pending->kind == 'e'};
  struct value status = value_field(result, "status"),
               patient = value_field(result, "patient");
  int64_t code = value_int_or(&status, 500);
  if (code < 300)
    thank(&page, value_int_or(&patient, 0));
  else
    complain(&page, pending, code);
}

static void submit(struct page *page, const struct scan *scan) {
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "account", scan->account);
  mapping_text(&map, "channel", scan->channel);
  mapping_text(&map, "code", scan->code);
  mapping_text(&map, "phone", page_field(page, "phone"));
  mapping_text(&map, "relation", page_field(page, "relation"));
  mapping_text(&map, "tail", page_field(page, "tail"));
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_bound);
  const char *const kept[] = {scan->code, scan->account, scan->channel, scan->minute,
                              scan->signature};
  page->request = NULL;
  pending->kind = page->english ? 'e' : 'z';
  for (size_t i = 0; i < 5; i++) buf_put(&pending->text, kept[i], strlen(kept[i]) + 1);
  pending_submit(pending, "page", NULL, page_field(page, "undo") ? "unbind" : "bind",
                 &body);
  buf_deinit(&body);
}

static void limit_and_submit(struct page *page, const struct scan *scan) {
  int64_t now = clock_steady_ms(), wait = 0;
  char address[64];
  rate_address(page->request->peer, address, sizeof address);
  if (!rate_has(page->api->rate, &address_limit, address, now, &wait)) {
    page_sorry_later(page, wait);
  } else {
    rate_take(page->api->rate, &address_limit, address, now);
    submit(page, scan);
  }
}

void page_bind(struct page *page, const char *code, bool post) {
  struct scan scan;
  if (!read_scan(page, code, &scan))
    page_sorry(page, 422, "请用微信扫一扫扫卡片上的二维码，关注后点收到的链接。",
               "Please scan the code on the card with WeChat and open the link you get.");
  else if (!is_signed(page, &scan))
    page_sorry(page, 410, "这个链接已经过期，请再扫一次卡片上的二维码。",
               "This link has expired. Please scan the code on the card again.");
  else
    post ? limit_and_submit(page, &scan) : show(page, &scan, NULL);
}
