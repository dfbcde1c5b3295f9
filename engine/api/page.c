#include "api/page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const int64_t lock_ms = 3600000;
enum { PHOTO_FRAME = 128 * 1024 };  // what stands around a photo in its request

// Kept in the database: a restart gives nobody free tries.
static int apply_failed(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct value question = value_field(&row->body, "question"),
               card = value_field(&row->body, "card");
  int64_t now = kernel_now(care->kernel);
  char *code = value_copy_text(&card);
  (void)status;
  if (code)
    store_exec(care->store,
               "UPDATE card SET wrong=CASE WHEN wrong_at>?2 THEN wrong+1 ELSE 1 END,"
               " wrong_at=?3 WHERE code=?1",
               "tii", code, now - lock_ms, now);
  mem_free(code);
  store_exec(care->store,
             "UPDATE question SET wrong=CASE WHEN wrong_at>?2 THEN wrong+1 ELSE 1 END,"
             " wrong_at=?3 WHERE id=?1",
             "iii", value_int_or(&question, 0), now - lock_ms, now);
  return OK;
}

void page_handlers(struct api *api) {
  static const struct inbox_handler failed = {.kind = "page.failed",
                                              .apply = apply_failed};
  kernel_handle_inbox(api->care->kernel, &failed, api->care);
}

const char *page_say(const struct page *page, const char *zh, const char *en) {
  return page->english ? en : zh;
}

const char *page_field(const struct page *page, const char *name) {
  const char *text = http_form_get(&page->form, name);
  return text ? text : http_form_get(&page->query, name);
}

static void choose_language(struct page *page) {
  const char *asked = page_field(page, "lang");
  page->asked_language = asked && (!strcmp(asked, "en") || !strcmp(asked, "zh"));
  if (page->asked_language)
    page->english = strcmp(asked, "en") == 0;
  else if (page->patient)
    page->english =
        store_int(page->care->store, 0, "SELECT language='en' FROM patient WHERE id=?1",
                  "i", page->patient) != 0;
}

static bool is_code(const char *text) {
  size_t len = strlen(text);
  return len > 0 && len <= 12 && strspn(text, "0123456789") == len;
}

static bool is_alive(const struct page *page) {
  return store_int(page->care->store, 0,
                   "SELECT 1 FROM patient WHERE id=?1 AND died_at IS NULL", "i",
                   page->patient) != 0;
}

static void serve_question(struct page *page, const char *verb, bool post) {
  bool over = page->token.expires_at < kernel_now(page->care->kernel);
  bool found = page_load(page, page->token.question);
  choose_language(page);
  if (!found)
    page_sorry(page, 404, "没有找到这份问卷。", "We did not find this page.");
  else if (over || !is_alive(page))
    page_sorry(page, 410, "这个链接已经过期。请重新打开短信里的网址。",
               "This link has expired. Please open the address in our message again.");
  else if (strcmp(verb, "stop") == 0)
    post ? page_stop_post(page) : page_stop(page);
  else if (strcmp(verb, "call") == 0)
    post ? page_call_post(page) : page_form(page);
  else if (*verb)
    page_sorry(page, 404, "没有这个页面。", "There is no such page.");
  else
    post ? page_form_post(page) : page_form(page);
}

// A link of no question is a patient's, by the code of the card.
static void serve_home(struct page *page, const char *verb) {
  page->patient = page->token.person;
  choose_language(page);
  if (page->token.expires_at < kernel_now(page->care->kernel) || !is_alive(page))
    page_sorry(page, 410, "请重新打开卡片上的网址。",
               "Please open the address on your card again.");
  else if (*verb)
    page_sorry(page, 404, "没有这个页面。", "There is no such page.");
  else
    page_home(page);
}

static void serve_link(struct page *page, const char *text, const char *verb, bool post) {
  int64_t now = clock_steady_ms(), wait;
  char address[64];
  static const struct rate_limit limit = {30, 60};
  rate_address(page->request->peer, address, sizeof address);
  if (link_token_read(page->api->keys.link, text, &page->token)) {
    memcpy(page->link, text, strlen(text) + 1);
    page->token.question ? serve_question(page, verb, post) : serve_home(page, verb);
  } else if (!rate_has(page->api->rate, &limit, address, now, &wait)) {
    page_sorry_later(page, wait);
  } else {
    rate_take(page->api->rate, &limit, address, now);
    page->api->wrong_codes++;
    page_sorry(page, 404, "没有找到这个页面。请核对短信里的网址或短码。",
               "We did not find this page. Please check the address or code.");
  }
}

// "/f", "/f/number", "/f/bind/<code>", "/f/<code>", "/f/<link>", "/f/<link>/stop"
static void serve(struct page *page, bool post) {
  char text[64] = "";
  const char *rest = page->request->path[1] ? page->request->path + 2 : "";
  if (*rest == '/') rest++;
  const char *slash = strchr(rest, '/');
  size_t len = slash ? (size_t)(slash - rest) : strlen(rest);
  if (len < sizeof text) memcpy(text, rest, len);
  const char *verb = slash ? slash + 1 : "";
  choose_language(page);
  if (!*rest && post)
    page_door_post(page);
  else if (!strncmp(rest, "bind/", 5))
    page_bind(page, rest + 5, post);
  else if (!strcmp(rest, "number"))
    post ? page_number_post(page) : page_number(page);
  else if (!*rest || (is_code(text) && !*verb && !post))
    page_door(page, text, NULL);
  else
    serve_link(page, text, verb, post);
}

// The part of the path after a word, or NULL: "/feedback", "/feedback/3 East".
static const char *rest_of(const char *path, const char *word) {
  size_t len = strlen(word);
  if (strncmp(path, word, len) || (path[len] && path[len] != '/')) return NULL;
  return path[len] ? path + len + 1 : path + len;
}

static void serve_any(struct page *page, bool post) {
  const char *ward = rest_of(page->request->path, "/feedback"),
             *number = rest_of(page->request->path, "/case"),
             *said = rest_of(page->request->path, "/said");
  choose_language(page);
  if (ward)
    page_feedback(page, ward, post);
  else if (number)
    page_case(page, number, post);
  else if (said)
    page_said(page, said);
  else
    serve(page, post);
}

static const char *content_type(const struct http_request *request) {
  return http_header_find(request->headers, request->header_count, "Content-Type");
}

// Anybody may bring files with a word for the hospital, so that these leave places free
// for who was asked for a photo.
struct http_room page_room(struct api *api, const struct http_request *request) {
  struct link_token token;
  struct http_room room = {0};
  if (strcmp(request->method, "POST") != 0 || !http_multipart_is(content_type(request)))
    return room;
  if (rest_of(request->path, "/feedback"))
    room = (struct http_room){.bytes = page_files_bytes(api), .large = true, .spare = 4};
  else if (!strncmp(request->path, "/f/", 3) &&
           link_token_read(api->keys.link, request->path + 3, &token))
    room = (struct http_room){.bytes = page_photo_bytes(api), .large = true};
  if (room.bytes) room.bytes += PHOTO_FRAME;
  return room;
}

static bool is_form(const struct http_request *request) {
  static const char type[] = "application/x-www-form-urlencoded";
  const char *given = content_type(request);
  return !request->body_len || http_multipart_is(given) ||
         (given && !strncmp(given, type, sizeof type - 1));
}

static int parse_body(struct page *page, struct status *status) {
  const struct http_request *request = page->request;
  const char *type = content_type(request);
  if (!request->body_len) return OK;
  if (http_multipart_is(type))
    return http_multipart_parse(&page->form, &page->files, type, request->body,
                                request->body_len, status);
  return http_form_parse(&page->form, request->body, request->body_len, status);
}

static void read_and_serve(struct page *page) {
  const struct http_request *request = page->request;
  struct status status = {0};
  bool post = strcmp(request->method, "POST") == 0;
  if (http_form_parse(&page->query, request->query, strlen(request->query), &status) ||
      (post && parse_body(page, &status)))
    page_sorry(page, 400, "网址不完整，请重新打开短信里的网址。",
               "The address is damaged. Please open it again from our message.");
  else if (post && !is_form(request))
    page_sorry(page, 415, "请用网页里的按钮提交。",
               "Please use the buttons of the page.");
  else
    serve_any(page, post);
}

static void handle(struct page page) {
  read_and_serve(&page);
  page_unload(&page);
  http_form_deinit(&page.query);
  http_form_deinit(&page.form);
}

void page_again(struct api *api, struct http_request *request, int failed) {
  handle((struct page){.api = api,
                       .care = api->care,
                       .request = request,
                       .again = true,
                       .failed = failed});
}

void page_handle(struct api *api, struct http_request *request) {
  static const struct http_header allow = {"Allow", "GET, HEAD, POST"};
  if (strcmp(request->method, "GET") && strcmp(request->method, "HEAD") &&
      strcmp(request->method, "POST")) {
    http_respond(request, 405, &allow, 1, NULL, 0);
    return;
  }
  handle((struct page){.api = api, .care = api->care, .request = request});
}
