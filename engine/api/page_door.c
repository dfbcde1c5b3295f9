// The door: short code and birth date open a short-lived link. Wrong tries cost: in
// memory at once, in the database over restarts.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/birth.h"
#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "base/mem.h"
#include "care/card.h"
#include "care/mapping.h"
#include "care/question.h"

static const struct rate_limit address_limit = {20, 60};
static const struct rate_limit code_limit = {PAGE_WRONG_MOST, PAGE_WRONG_MOST};
static const int64_t lock_ms = 3600000;
enum { SESSION_MINUTES = 120, CODE_MOST = 12 };

void page_door(struct page *page, const char *code, const char *complaint) {
  struct buf out = {0};
  page_begin(page, page_say(page, "打开随访问卷", "Open your follow-up page"), &out);
  if (complaint) {
    buf_puts(&out, "<p class=\"w\" role=\"alert\">");
    html_text(&out, complaint);
    buf_puts(&out, "</p>");
  }
  buf_puts(&out, "<form method=\"post\" action=\"/f\"><label class=\"q\" for=\"code\">");
  buf_puts(&out, page_say(page, "短信或卡片上的数字短码",
                          "The code in our message or on your card"));
  buf_puts(&out,
           "</label><input id=\"code\" name=\"code\" inputmode=\"numeric\" "
           "maxlength=\"24\" autocomplete=\"off\" required value=\"");
  html_text(&out, code);
  buf_puts(&out, "\"><br><br><label class=\"q\" for=\"birth\">");
  buf_puts(&out, page_say(page, "患者的出生日期", "The patient's date of birth"));
  buf_puts(&out, "</label><p class=\"h\" id=\"bh\">");
  buf_puts(&out,
           page_say(page,
                    "8 个数字，例如 1951年2月3日 请填 19510203。住院时没有登记"
                    "生日的，请填手机号后 4 位。",
                    "8 digits, year first: for 3 Feb 1951 type 19510203. If we have "
                    "no date of birth, the last 4 digits of your phone."));
  buf_puts(&out,
           "</p><input id=\"birth\" name=\"birth\" inputmode=\"numeric\" "
           "maxlength=\"40\" autocomplete=\"off\" aria-describedby=\"bh\" required>");
  buf_printf(&out,
             "<input type=\"hidden\" name=\"lang\" value=\"%s\"><button>%s</button>"
             "</form>",
             page_say(page, "zh", "en"), page_say(page, "打开", "Open"));
  page_send(page, complaint ? 422 : 200, &out, 0);
}

static void read_code(const char *text, char out[CODE_MOST + 1]) {
  struct buf digits = {0};
  birth_digits(text ? text : "", &digits);
  snprintf(out, CODE_MOST + 1, "%s", digits.len <= CODE_MOST ? buf_text(&digits) : "");
  buf_deinit(&digits);
}

// Whom a code belongs to: to a question, or to a card and so to no question.
struct door {
  char code[CODE_MOST + 1];
  int64_t question, patient;  // patient 0: nobody has this code
};

static void find_door(const struct page *page, struct door *door) {
  struct care *care = page->care;
  door->question = *door->code ? question_by_code(care, door->code) : 0;
  door->patient = door->question ? store_int(care->store, 0,
                                             "SELECT patient FROM question WHERE id=?1",
                                             "i", door->question)
                  : *door->code  ? card_patient(care, door->code)
                                 : 0;
}

static bool is_locked(const struct page *page, const struct door *door) {
  int64_t since = kernel_now(page->care->kernel) - lock_ms, most = PAGE_WRONG_MOST;
  if (door->question)
    return store_int(page->care->store, 0,
                     "SELECT wrong>=?3 AND wrong_at>?2 FROM question WHERE id=?1", "iii",
                     door->question, since, most) != 0;
  return store_int(page->care->store, 0,
                   "SELECT wrong>=?3 AND wrong_at>?2 FROM card WHERE code=?1", "tii",
                   door->code, since, most) != 0;
}

// Without a birth date on record: the end of a number of the patient or a contact.
static bool is_number_tail(const struct page *page, int64_t patient, const char *typed) {
  struct buf digits = {0};
  birth_digits(typed, &digits);
  bool right =
      digits.len == 4 &&
      store_int(page->care->store, 0,
                "SELECT 1 FROM contact c JOIN identity i ON i.person=c.person WHERE"
                " c.patient=?1 AND i.kind='phone' AND substr(i.value, -4)=?2 LIMIT 1",
                "it", patient, digits.data);
  buf_deinit(&digits);
  return right;
}

static bool is_right(const struct page *page, int64_t patient, const char *typed) {
  char given[BIRTH_SIZE];
  bool right;
  char *birth = store_text(page->care->store, "SELECT birth FROM patient WHERE id=?1",
                           "i", patient);
  if (birth)
    right = birth_read(typed, given) && strcmp(given, birth) == 0;
  else
    right = is_number_tail(page, patient, typed);
  mem_free(birth);
  return right;
}

static int64_t session_ms(const struct page *page) {
  const struct buf *settings = &page->care->site->settings;
  struct value all;
  value_read(buf_text(settings), settings->len, &all);
  struct value minutes = value_field(&all, "page_session_minutes");
  int64_t count = value_int_or(&minutes, SESSION_MINUTES);
  return (count < 1 || count > 60 * 24 * 400 ? SESSION_MINUTES : count) * 60000;
}

// A card leads to all that is open: its link names the patient, a question's nobody.
static void let_in(struct page *page, const struct door *door) {
  struct buf to = {0};
  char link[LINK_TOKEN_SIZE];
  link_token_make(page->api->keys.link, door->question,
                  door->question ? 0 : door->patient,
                  kernel_now(page->care->kernel) + session_ms(page), link);
  buf_printf(&to, "/f/%s", link);
  if (page->asked_language && page->english) buf_puts(&to, "?lang=en");
  page_redirect(page->request, to.data);
  page->request = NULL;
  buf_deinit(&to);
}

static void complain(struct page *page, const char *code) {
  page_door(page, code,
            page_say(page, "短码或出生日期不对，请再核对一次。",
                     "The code or the date of birth is not right. Please check both."));
}

// The same words as for an unknown code, once the try is on record.
static void on_failed(struct pending *pending, const struct value *result) {
  struct page page = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .english = pending->kind == 'e'};
  (void)result;
  complain(&page, buf_text(&pending->text));
}

static void fail(struct page *page, const struct door *door) {
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  if (door->patient && !door->question) mapping_text(&map, "card", door->code);
  mapping_int(&map, "question", door->question);
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_failed);
  page->request = NULL;
  pending->kind = page->english ? 'e' : 'z';
  buf_puts(&pending->text, door->code);
  pending_submit(pending, "page", NULL, "page.failed", &body);
  buf_deinit(&body);
}

void page_door_post(struct page *page) {
  struct door door = {0};
  char address[64];
  const char *typed = page_field(page, "birth"), *code = door.code;
  struct rate *rate = page->api->rate;
  int64_t now = clock_steady_ms(), wait = 0;
  read_code(page_field(page, "code"), door.code);
  rate_address(page->request->peer, address, sizeof address);
  find_door(page, &door);
  if (!rate_has(rate, &address_limit, address, now, &wait) ||
      (*code && !rate_has(rate, &code_limit, code, now, &wait))) {
    page_sorry_later(page, wait);
  } else if (door.patient && is_locked(page, &door)) {
    page_sorry_later(page, lock_ms);
  } else if (door.patient && is_right(page, door.patient, typed ? typed : "")) {
    let_in(page, &door);
  } else if (api_read_failed(page->api)) {
    page_sorry(page, 500, "", "");  // nobody's mistake: no try is counted
  } else {
    rate_take(rate, &address_limit, address, now);
    if (*code) rate_take(rate, &code_limit, code, now);
    door.patient ? page->api->wrong_births++ : page->api->wrong_codes++;
    fail(page, &door);
  }
}
