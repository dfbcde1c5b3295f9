// "/feedback/<ward>": anybody's word about the hospital, without a login; and "/case",
// how far it is, for who sent it.
#include <stdio.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "care/attachment.h"
#include "care/case.h"
#include "care/mapping.h"
#include "care/phone.h"

enum { TEXT_MOST = 6000, NAME_MOST = 60 };
static const struct rate_limit send_limit = {6, 20};       // of one address: items
static const struct rate_limit flood_limit = {300, 3000};  // of all together

struct item_page {  // one request of "/feedback"
  struct page *page;
  const char *ward;        // "" when unknown
  struct page_case known;  // what it adds to
};

static void put_input(const struct page *page, const char *name, const char *label,
                      const char *more, struct buf *out) {
  const char *value = page_field(page, name);
  buf_printf(out,
             "<label class=\"q\" for=\"%s\">%s</label><input id=\"%s\" name=\"%s\" %s "
             "autocomplete=\"off\" value=\"",
             name, label, name, name, more);
  html_text(out, value ? value : "");
  buf_puts(out, "\"><br><br>");
}

static void put_stars(const struct page *page, struct buf *out) {
  const char *chosen = page_field(page, "stars");
  buf_printf(out, "<fieldset><legend>%s</legend><div class=\"s\">",
             page_say(page, "您打几分？（可不填）", "How many stars? (optional)"));
  for (int i = 5; i >= 1; i--)
    buf_printf(
        out,
        "<label class=\"o\"><input type=\"radio\" name=\"stars\" value=\"%d\"%s>%d "
        "★</label>",
        i, chosen && *chosen == '0' + i ? " checked" : "", i);
  buf_puts(out, "</div></fieldset>");
}

static void put_whose(const struct page *page, struct buf *out) {
  put_input(page, "phone",
            page_say(page, "手机号（我们回复您用，可不填）",
                     "Your phone, for our answer (optional)"),
            "inputmode=\"tel\" maxlength=\"20\"", out);
  put_input(page, "name", page_say(page, "怎么称呼您（可不填）", "Your name (optional)"),
            "maxlength=\"20\"", out);
  buf_printf(
      out,
      "<label class=\"o\"><input type=\"checkbox\" name=\"anonymous\" "
      "value=\"1\"%s>%s</label>",
      page_field(page, "anonymous") ? " checked" : "",
      page_say(page, "匿名：不留姓名和电话，用编号查询答复",
               "Anonymous: without name and phone; you look up our answer by number"));
}

// It is known who sends, by the item to which this belongs.
static void put_known(const struct page *page, const struct page_case *known,
                      struct buf *out) {
  buf_printf(out,
             "<input type=\"hidden\" name=\"case\" value=\"%s\"><input type=\"hidden\" "
             "name=\"code\" value=\"%s\"><p class=\"h\">%s <b>%s</b>%s <a "
             "href=\"/feedback\">%s</a></p>",
             known->number, known->code, page_say(page, "编号", "No."), known->number,
             page_say(page, "：您写的会并入这一件。", ": what you write joins it."),
             page_say(page, "想匿名，或者是另一件事？", "Another matter, or no names?"));
}

static void put_item_form(const struct item_page *item, const char *complaint,
                          struct buf *out) {
  const struct page *page = item->page;
  const char *text = page_field(page, "text");
  if (complaint) {
    buf_puts(out, "<p class=\"w\" role=\"alert\">");
    html_text(out, complaint);
    buf_puts(out, "</p>");
  }
  buf_puts(out,
           "<form method=\"post\" enctype=\"multipart/form-data\" action=\"/feedback");
  if (*item->ward) buf_puts(out, "/");
  http_percent_encode(out, item->ward, strlen(item->ward));
  buf_printf(out,
             "\"><input type=\"hidden\" name=\"lang\" value=\"%s\"><label class=\"q\" "
             "for=\"text\">%s</label><textarea id=\"text\" name=\"text\" "
             "maxlength=\"2000\">",
             page_say(page, "zh", "en"),
             page_say(page, "请写下您的意见、投诉、表扬或问题",
                      "Your opinion, complaint, praise or question"));
  html_text(out, text ? text : "");
  buf_puts(out, "</textarea><br><br>");
  page_files_ask(page, out);
  put_stars(page, out);
  if (item->known.id)
    put_known(page, &item->known, out);
  else
    put_whose(page, out);
  buf_printf(out, "<button>%s</button></form>", page_say(page, "提交", "Send"));
}

// more: HTML above the form
static void show_form(const struct item_page *item, const char *complaint,
                      const char *more) {
  struct page *page = item->page;
  struct buf out = {0}, title = {0};
  buf_puts(&title, page_say(page, "我们在听", "We listen"));
  if (*item->ward) buf_printf(&title, " · %s", item->ward);
  page_begin(page, title.data, &out);
  buf_puts(&out, more);
  if (item->known.closed)
    buf_printf(&out, "<p class=\"h\">%s</p>",
               page_say(page, "您那一件已经办结；这里写的是新的一件。",
                        "That one is closed: what you write here is a new one."));
  put_item_form(item, complaint, &out);
  page_send(page, complaint ? 422 : 200, &out, 0);
  buf_deinit(&title);
}

static void show_refused(struct page *page, int status, const struct buf *more,
                         const char *words) {
  struct buf out = {0};
  page_begin(page, page_say(page, "我们在听", "We listen"), &out);
  buf_printf(&out, "<p class=\"w\" role=\"alert\">%s</p>%s", words, buf_text(more));
  page_send(page, status, &out, 0);
}

static void on_taken(struct pending *pending, const struct value *result) {
  struct page page = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .english = pending->kind == 'e'};
  struct value status = value_field(result, "status"),
               number = value_field(result, "number");
  char *text = value_copy_text(&number);
  if (value_int_or(&status, 500) >= 400 || !text) {
    struct value files;
    if (value_read(buf_text(&pending->text), pending->text.len, &files))
      attachment_forget(page.care, &files);
    page_sorry(&page, 503, "没有收到，请稍后再试，或者给我们打电话。",
               "It did not reach us. Please try again later, or ring us.");
    mem_free(text);
    return;
  }
  page_taken(pending->api, pending->request, text, (unsigned)pending->row, page.english);
  mem_free(text);
}

static bool is_mark(const char *stars) {
  return stars && *stars >= '1' && *stars <= '5' && !stars[1];
}

// Only what an event may have: the page says what is wrong in its own words.
static void put_item(const struct page *page, const char *ward, const char *text,
                     const char *phone, const struct buf *files, struct buf *out) {
  const char *name = page_field(page, "name"), *stars = page_field(page, "stars");
  bool anonymous = page_field(page, "anonymous") != NULL;
  struct mapping item = mapping_begin(out);
  if (anonymous) mapping_bool(&item, "anonymous", true);
  mapping_key(&item, "attachments");
  buf_put(out, files->data, files->len);
  mapping_text(&item, "channel", *ward ? "qr" : "web");
  if (!anonymous && ((name && *name) || *phone)) {
    mapping_key(&item, "sender");
    struct mapping sender = mapping_begin(out);
    if (name && *name) mapping_text(&sender, "name", name);
    if (*phone) mapping_text(&sender, "phone", phone);
    mapping_end(&sender);
  }
  if (is_mark(stars)) mapping_int(&item, "stars", *stars - '0');
  mapping_text(&item, "text", text);
  if (*ward) mapping_text(&item, "ward", ward);
  mapping_end(&item);
}

static void put_event(const struct item_page *item, const char *id, const char *text,
                      const char *phone, const struct page_files *files,
                      struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "at", kernel_now(item->page->care->kernel));
  mapping_text(&map, "id", id);
  mapping_key(&map, "item");
  put_item(item->page, item->ward, text, phone, &files->list, out);
  mapping_text(&map, "kind", "feedback");
  mapping_end(&map);
}

static void put_addition(const struct item_page *item, const char *text,
                         const struct page_files *files, struct buf *out) {
  const char *stars = page_field(item->page, "stars");
  struct mapping map = mapping_begin(out);
  mapping_key(&map, "attachments");
  buf_put(out, files->list.data, files->list.len);
  mapping_int(&map, "case", item->known.id);
  if (is_mark(stars)) mapping_int(&map, "stars", *stars - '0');
  mapping_text(&map, "text", text);
  mapping_end(&map);
}

static void submit(const struct item_page *item, const char *text, const char *phone,
                   const struct page_files *files) {
  struct page *page = item->page;
  struct buf body = {0};
  char id[17];
  digest_random_id(id);
  if (item->known.id)
    put_addition(item, text, files, &body);
  else
    put_event(item, id, text, phone, files, &body);
  struct pending *pending = pending_new(page->api, page->request, on_taken);
  page->request = NULL;
  pending->kind = page->english ? 'e' : 'z';
  pending->row = files->wrong;
  buf_put(&pending->text, files->list.data, files->list.len);
  pending_submit(pending, "page", id, item->known.id ? "case.add" : "event", &body);
  buf_deinit(&body);
}

static bool is_plain(const char *text, const char *but) {
  for (; *text; text++)
    if (((unsigned char)*text < ' ' || *text == 0x7F) && !strchr(but, *text))
      return false;
  return true;
}

// What is wrong with what was typed, or NULL.
static const char *judge(const struct page *page, const char *text, const char *typed,
                         char phone[PHONE_SIZE]) {
  const char *name = page_field(page, "name");
  if (strlen(text) > TEXT_MOST || !utf8_valid(text, strlen(text)) ||
      !is_plain(text, "\r\n\t"))
    return page_say(page, "写得太长了，最多 2000 字；余下的可以再提交一次。",
                    "That is too long: 2,000 characters at most; send the rest again.");
  if (name && (strlen(name) > NAME_MOST || !utf8_valid(name, strlen(name)) ||
               !is_plain(name, "")))
    return page_say(page, "称呼太长了。", "The name is too long.");
  if (*typed && (!phone_normalize(typed, strlen(typed), phone) || phone_flag(phone)))
    return page_say(page, "手机号不对，请核对；不想留可以空着。",
                    "The phone number is not right. You may leave it empty.");
  return NULL;
}

static bool is_empty(const char *text) { return strspn(text, " \r\n\t") == strlen(text); }

// What is said by voice alone is heard by a person: no phrases read it.
static void take_files(const struct item_page *item, const char *text,
                       const char *phone) {
  struct page *page = item->page;
  struct page_files files;
  struct buf complaint = {0};
  page_files_take(page, !page_field(page, "anonymous"), &files);
  if (!is_empty(text)) {
    submit(item, text, phone, &files);
  } else if (files.photos + files.voices) {
    submit(item, files.voices ? "（录音，请听附件）" : "（照片，请看附件）", phone,
           &files);
  } else {
    page_files_told(page, files.wrong, &complaint);
    show_form(item,
              page_say(page, "请写几个字，或者录一段音，告诉我们是什么事。",
                       "Please write, or record, what it is about."),
              buf_text(&complaint));
  }
  buf_deinit(&complaint);
  buf_deinit(&files.list);
}

// A browser forgets which files were chosen.
static const char *again(const struct page *page) {
  for (size_t i = 0; i < page->files.count; i++)
    if (page->files.items[i].len)
      return page_say(page, "<p class=\"w\">照片和录音请再选一次。</p>",
                      "<p class=\"w\">Please choose your files again.</p>");
  return "";
}

static void take_item(const struct item_page *item) {
  struct page *page = item->page;
  char address[80], phone[PHONE_SIZE] = "";
  const char *text = page_field(page, "text"), *typed = page_field(page, "phone");
  int64_t now = clock_steady_ms(), wait = 0;
  const char *wrong = judge(page, text ? text : "", typed ? typed : "", phone);
  rate_address(page->request->peer, address, 64);
  strncat(address, " feedback", sizeof address - strlen(address) - 1);
  if (wrong) {
    show_form(item, wrong, again(page));
  } else if (!rate_has(page->api->rate, &send_limit, address, now, &wait) ||
             !rate_has(page->api->rate, &flood_limit, "feedback", now, &wait)) {
    page_sorry_later(page, wait);
  } else {
    rate_take(page->api->rate, &send_limit, address, now);
    rate_take(page->api->rate, &flood_limit, "feedback", now);
    take_files(item, text ? text : "", phone);
  }
}

// The body was thrown away: what was typed is still in the browser.
static void go_back(struct page *page) {
  struct buf words = {0};
  page_files_told(page, PAGE_FILE_SIZE, &words);
  if (page->request->refused == 413)
    show_refused(page, 413, &words,
                 page_say(page,
                          "文件合起来太大了，这次没有收到。请按“返回”：您写的还在，"
                          "去掉几个文件再提交。",
                          "The files are too large together. Please go back: what you "
                          "wrote is still there; take some files away and send again."));
  else
    page_sorry_later(page, 60000);
  buf_deinit(&words);
}

bool page_feedback_ward(const char *ward) {
  size_t len = strlen(ward);
  return len > 0 && len <= PAGE_FEEDBACK_WARD_MOST && is_plain(ward, "");
}

// With what a change of language keeps.
static void put_address(const struct item_page *item, const char *ward, struct buf *out) {
  buf_puts(out, *ward ? "/feedback/" : "/feedback");
  http_percent_encode(out, ward, strlen(ward));
  if (item->known.id)
    buf_printf(out, "?case=%s&amp;code=%s", item->known.number, item->known.code);
}

void page_feedback(struct page *page, const char *ward, bool post) {
  struct item_page item = {.page = page, .ward = ward};
  struct buf address = {0};
  page->base = "/feedback";
  if (*ward && !page_feedback_ward(ward)) {
    page_sorry(page, 404, "没有这个页面。", "There is no such page.");
  } else if (post && page->request->refused) {
    go_back(page);
  } else if (page_case_named(page, &item.known)) {
    put_address(&item, ward, &address);
    page->base = buf_text(&address);
    if (!*ward) item.ward = item.known.ward;
    post ? take_item(&item) : show_form(&item, NULL, "");
  }
  buf_deinit(&address);
}
