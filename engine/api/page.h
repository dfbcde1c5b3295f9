// Patient pages under /f: by code and birth date, or by a signed link. Plain HTML, made
// for old eyes and thumbs; what is sent goes into the inbox.
#pragma once

#include "api/api.h"
#include "io/http_multipart.h"

void page_handlers(struct api *api);  // inbox "page.failed"
void page_handle(struct api *api, struct http_request *request);
size_t page_photo_bytes(const struct api *api);  // the most that one photo may have
// Of a request that may bring files; bytes 0 for all other requests.
struct http_room page_room(struct api *api, const struct http_request *request);

enum { PAGE_FEEDBACK_WARD_MOST = 60 };
bool page_feedback_ward(const char *ward);  // whether "/feedback/<ward>" may have it

enum { PAGE_WRONG_MOST = 5 };  // second factors before a code is locked for an hour

// The parts below are for page*.c alone.
struct page {  // one request and what it is about
  struct api *api;
  struct care *care;
  struct http_request *request;
  struct http_form query, form;  // form: the body of a POST
  struct http_files files;       // of the same body
  bool again;  // served once more: its photos are kept, or something was not
  int failed;  // why it is: the status of what could not be kept, 0 when all was
  struct link_token token;
  char link[LINK_TOKEN_SIZE];  // as text; "" before the second factor
  bool english, asked_language;
  // The question; 0 when none is known.
  int64_t question, patient, enrollment, answer, expires_at;
  char *department, *program, *form_id;
  char status[12];
  struct value definition;  // of the form; nil when its department is gone
  const char *base;         // of its own address, as HTML; NULL: "/f"
  bool may_know;            // the reader knows the diagnosis (WARD 1)
  struct buf draft;         // an encoded map
  struct buf offered;       // choices of this question, an encoded map; empty: the form's
};

// Serves a request once more, after what it brought was committed or refused.
void page_again(struct api *api, struct http_request *request, int failed);
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
void page_number(struct page *page);  // "/f/number": the code that proves a number
void page_number_post(struct page *page);
void page_feedback(struct page *page, const char *ward, bool post);
void page_case(struct page *page, const char *number, bool post);
// An item that is there already, to which its sender adds: the request's "case" and
// "code".
struct page_case {
  int64_t id;   // 0: none was named, or it is closed
  bool closed;  // it was rightly named, and is
  const char *number, *code;
  char ward[PAGE_FEEDBACK_WARD_MOST + 1];  // "" when unknown
};
// False: there were too many wrong ones, and the page says so.
bool page_case_named(struct page *page, struct page_case *out);
// The page that answers what was sent; the request's.
void page_taken(struct api *api, struct http_request *request, const char *number,
                unsigned wrong, bool english);
// Who stays its contact, if its triage lets names be shown (`names`).
void page_case_contact(const struct page *page, int64_t id, struct buf *out);
void page_case_said(const struct page *page, const char *number, struct buf *out);
void page_said(struct page *page, const char *rest);             // "/said"
void page_bind(struct page *page, const char *code, bool post);  // "/f/bind/<code>"
void page_form(struct page *page);
void page_form_post(struct page *page);
void page_stop(struct page *page);
void page_stop_post(struct page *page);

// Photos (page_photo.c).
enum page_taken {
  PAGE_NONE_TAKEN,  // the request brings none: go on
  PAGE_TAKEN,       // on their way into the inbox: the request is served again
  PAGE_FAULT,       // fault says what is wrong with one
  PAGE_NOT_KEPT     // the disk refused; page->failed is set
};
struct page_fault;
enum page_taken page_photo_take(struct page *page, int step, struct page_fault *fault);
void page_photo_value(const struct page *page, const char *item, struct buf *out);
void page_photo(const struct page *page, const struct value *item, struct buf *out);
void page_photo_too_large(const struct page *page, int step, struct page_fault *fault);
bool page_has_photo(const struct page *page, int step);  // on this screen

// Photos and voices of feedback (page_files.c).
enum { PAGE_FILE_PHOTOS = 6, PAGE_FILE_VOICES = 2 };
enum page_file_wrong {  // why some of them were not taken
  PAGE_FILE_KIND = 1,
  PAGE_FILE_SIZE = 2,
  PAGE_FILE_MANY = 4,
  PAGE_FILE_OFTEN = 8,
  PAGE_FILE_UNKEPT = 16
};
struct page_files {
  struct buf list;  // encoded for the inbox
  uint32_t photos, voices;
  unsigned wrong;
};
size_t page_files_bytes(const struct api *api);             // the most of one request
size_t page_file_bytes(const struct api *api, bool voice);  // of one file
void page_files_ask(const struct page *page, struct buf *out);
// Looks at what came, and writes what is taken. named: their names are kept.
void page_files_take(struct page *page, bool named, struct page_files *out);
// What was not taken, and what would be; nothing when all was.
void page_files_told(const struct page *page, unsigned wrong, struct buf *out);

void page_call_post(struct page *page);  // "ask a nurse to call me"
void page_consult(const struct page *page, struct buf *out);
void page_home(struct page *page);  // of a patient: what is open, by the card's code

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
// Somebody opened the form: kept where a question goes by rungs, which wait for that.
void page_opened(const struct page *page);
void page_render(struct page *page, const struct value *values, int step,
                 const struct page_fault *fault);
bool page_by_step(const struct page *page);       // one question per screen
bool page_only_by_step(const struct page *page);  // there is no other way: two photos
const char *page_by(const struct page *page);     // "patient", "family", NULL: not said
// The n-th item (from 1) or the next that is shown by these values; 0 at the end.
int page_next_shown(const struct page *page, const struct value *values, int from);
struct value page_item_at(const struct page *page, int step);
