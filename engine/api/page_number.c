// "/f/number": whoever has the phone types the code that it was sent (WARD 10). The page
// knows no patient and says nothing of one.
#include <string.h>

#include "api/birth.h"
#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "base/mem.h"
#include "care/mapping.h"

static const struct rate_limit address_limit = {20, 60};

static void put_input(struct buf *out, const char *name, const char *label,
                      const char *hint, const char *value) {
  buf_printf(out,
             "<label class=\"q\" for=\"%s\">%s</label><p class=\"h\" id=\"%sh\">%s</p>"
             "<input id=\"%s\" name=\"%s\" inputmode=\"numeric\" maxlength=\"24\" "
             "autocomplete=\"off\" aria-describedby=\"%sh\" required value=\"",
             name, label, name, hint, name, name, name);
  html_text(out, value);
  buf_puts(out, "\"><br><br>");
}

static void show(struct page *page, const char *phone, const char *complaint) {
  struct buf out = {0};
  page_begin(page, page_say(page, "核对联系号码", "Check your number"), &out);
  if (complaint) {
    buf_puts(&out, "<p class=\"w\" role=\"alert\">");
    html_text(&out, complaint);
    buf_puts(&out, "</p>");
  }
  buf_puts(&out, "<form method=\"post\" action=\"/f/number\">");
  put_input(&out, "phone", page_say(page, "收到短信的手机号", "Your phone number"),
            page_say(page, "11 位手机号", "The one that got our message"), phone);
  put_input(&out, "code", page_say(page, "短信里的验证码", "The code in our message"),
            page_say(page, "6 位数字", "6 digits"), "");
  buf_printf(&out,
             "<input type=\"hidden\" name=\"lang\" value=\"%s\"><button>%s</button>"
             "</form>",
             page_say(page, "zh", "en"), page_say(page, "确认", "Confirm"));
  page_send(page, complaint ? 422 : 200, &out, 0);
}

static void thank(struct page *page) {
  struct buf out = {0};
  page_begin(page, page_say(page, "号码已核对", "Your number is right"), &out);
  buf_printf(&out, "<p>%s</p>",
             page_say(page, "谢谢，号码已核对。出院后我们会用这个号码联系您。",
                      "Thank you. We will reach you at this number."));
  page_send(page, 200, &out, 0);
}

static void on_typed(struct pending *pending, const struct value *result) {
  struct page page = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .english = pending->kind == 'e'};
  struct value status = value_field(result, "status");
  int64_t code = value_int_or(&status, 500);
  if (code < 300)
    thank(&page);
  else if (code == 410 || code == 429)
    show(&page, buf_text(&pending->text),
         page_say(&page, "验证码已失效，请让护士重新发送。",
                  "This code is over. Please ask the nurse for a new one."));
  else if (code >= 500)
    page_sorry(&page, 503, "没有成功，请告诉护士。",
               "It did not work. Please tell the nurse.");
  else
    show(&page, buf_text(&pending->text),
         page_say(&page, "号码或验证码不对，请再核对一次。",
                  "The number or the code is not right. Please check both."));
}

void page_number(struct page *page) {
  const char *phone = page_field(page, "phone");
  show(page, phone ? phone : "", NULL);
}

// Each try costs, right or wrong: the code itself counts its wrong ones.
void page_number_post(struct page *page) {
  const char *phone = page_field(page, "phone"), *code = page_field(page, "code");
  int64_t now = clock_steady_ms(), wait = 0;
  char address[64];
  rate_address(page->request->peer, address, sizeof address);
  if (!rate_has(page->api->rate, &address_limit, address, now, &wait)) {
    page_sorry_later(page, wait);
    return;
  }
  rate_take(page->api->rate, &address_limit, address, now);
  struct buf body = {0}, digits = {0};
  birth_digits(code ? code : "", &digits);
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "code", digits.len <= 16 ? buf_text(&digits) : "");
  mapping_text(&map, "phone", phone && strlen(phone) <= 64 ? phone : "");
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_typed);
  page->request = NULL;
  pending->kind = page->english ? 'e' : 'z';
  buf_puts(&pending->text, phone ? phone : "");
  pending_submit(pending, "page", NULL, "number.typed", &body);
  buf_deinit(&body);
  buf_deinit(&digits);
}
