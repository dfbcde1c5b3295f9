// Patient pages under /f: by code and birth date, or by a signed link. Plain HTML, made
// for old eyes and thumbs; what is sent goes into the inbox.
#pragma once

#include "api/api.h"
#include "io/http_form.h"

void page_handlers(struct api *api);  // inbox "page.failed"
void page_handle(struct api *api, struct http_request *request);

enum { PAGE_WRONG_MOST = 5 };  // second factors before a code is locked for an hour

// The parts below are for page*.c alone.
struct page {  // one request and what it is about
  struct api *api;
  struct care *care;
  struct http_request *request;
  struct http_form query, form;  // form: the body of a POST
  struct link_token token;
  char link[LINK_TOKEN_SIZE];  // as text; "" before the second factor
  bool english, asked_language;
  // The question; 0 when none is known.
  int64_t question, patient, enrollment, answer, expires_at;
  char *department, *program, *form_id;
  char status[12];
  struct value definition;  // of the form; nil when its department is gone
  bool may_know;            // the reader knows the diagnosis (WARD 1)
  struct buf draft;         // an encoded map
  struct buf offered;       // choices of this question, an encoded map; empty: the form's
};

bool page_load(struct page *page, int64_t question);  // the newest of its kind, if closed
void page_unload(struct page *page);
const char *page_say(const struct page *page, const char *zh, const char *en);
const char *page_field(const struct page *page, const char *name);  // of body or query
void page_phone(const struct page *page, struct buf *out);
// "?by=…&lang=…" that keep what was chosen; step 0: none.
void page_address(const struct page *page, int step, struct buf *out);

// The frame: everything around the main text; a title is escaped.
void page_begin(const struct page *page, const char *title, struct buf *out);
// Sends the page and frees it; retry_s above 0 is a Retry-After.
void page_send(struct page *page, int status, struct buf *out, int64_t retry_s);
void page_redirect(struct http_request *request, const char *to);
// A polite page that says what is the matter, and the number to ring.
void page_sorry(struct page *page, int status, const char *zh, const char *en);
void page_sorry_later(struct page *page, int64_t wait_ms);

void page_door(struct page *page, const char *code, const char *complaint);
void page_door_post(struct page *page);
void page_form(struct page *page);
void page_form_post(struct page *page);
void page_stop(struct page *page);
void page_stop_post(struct page *page);

// Rendering the form: what is wrong stands beside its item. values is an encoded map.
struct page_fault {
  char item[64];  // "" when nothing is wrong
  char text[200];
};
void page_item(const struct page *page, const struct value *item,
               const struct value *given, const struct page_fault *fault,
               struct buf *out);
void page_fault_words(const struct page *page, const struct value *item, bool empty,
                      struct page_fault *fault);
void page_render(struct page *page, const struct value *values, int step,
                 const struct page_fault *fault);
bool page_by_step(const struct page *page);    // one question per screen
const char *page_by(const struct page *page);  // "patient", "family", NULL: not said
// The n-th item (from 1) or the next that is shown by these values; 0 at the end.
int page_next_shown(const struct page *page, const struct value *values, int from);
struct value page_item_at(const struct page *page, int step);
