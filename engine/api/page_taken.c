// "We have it": the number of an item that was sent, and what the triage says to it at
// once. The page waits a moment for that: emergency advice is for now.
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "api/pending.h"
#include "base/mem.h"
#include "care/case.h"
#include "io/loop.h"

enum { TRY_MS = 50, TRIES = 30 };

struct taken {
  struct pending *pending;
  struct loop_timer *timer;
  int tries;
  unsigned wrong;  // of its files: page_files_told
  bool english;
  char number[CASE_NUMBER_SIZE];
};

static void put_code(const struct page *page, const char *number, struct buf *out) {
  char code[CASE_CODE_SIZE];
  case_code(page->api->keys.link, number, code);
  buf_puts(out, code);
}

static void show(struct api *api, struct http_request *request,
                 const struct taken *taken) {
  struct page page = {.api = api,
                      .care = api->care,
                      .request = request,
                      .english = taken->english,
                      .base = "/case"};
  struct buf out = {0};
  page_begin(&page, page_say(&page, "收到了，谢谢您", "We have it. Thank you"), &out);
  page_files_told(&page, taken->wrong, &out);
  page_case_said(&page, taken->number, &out);
  buf_printf(&out, "<p>%s</p><p class=\"n\"><b>%s</b></p><p>%s <b>",
             page_say(&page, "您的编号：", "Your number:"), taken->number,
             page_say(&page, "查询码：", "Your code:"));
  put_code(&page, taken->number, &out);
  buf_printf(&out,
             "</b></p><p class=\"h\">%s</p><a class=\"b p\" href=\"/case/%s\">%s</a>",
             page_say(&page, "请记下编号和查询码：用它们可以查看进度和答复。",
                      "Keep both: with them you see how far it is, and our answer."),
             taken->number, page_say(&page, "查看进度", "See how far it is"));
  buf_printf(
      &out, "<a class=\"b p\" href=\"/said\">%s</a>",
      page_say(&page, "大家说了什么，我们改了什么", "What others said, and what we did"));
  page_send(&page, 200, &out, 0);
}

// Whether its run has had its first turn: then what it says at once is there.
static bool is_dealt_with(struct care *care, const char *number) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM case_file c JOIN run r ON r.patient=c.sender AND"
                   " r.enrollment=c.enrollment WHERE c.number=?1 AND (r.wait IS NOT NULL"
                   " OR r.ended_at IS NOT NULL) LIMIT 1",
                   "t", number) != 0;
}

static void drop(void *self) {
  struct taken *taken = self;
  loop_timer_free(taken->timer);
  mem_free(taken);
}

static void look(void *self) {
  struct taken *taken = self;
  struct pending *pending = taken->pending;
  api_read_begin(pending->api);
  if (!is_dealt_with(pending->api->care, taken->number) && ++taken->tries < TRIES) {
    loop_timer_arm(taken->timer, TRY_MS);
    return;
  }
  show(pending->api, pending->request, taken);
  pending_free(pending);
  drop(taken);
}

void page_taken(struct api *api, struct http_request *request, const char *number,
                unsigned wrong, bool english) {
  struct taken *taken = mem_alloc(sizeof *taken);
  taken->wrong = wrong;
  taken->english = english;
  strncat(taken->number, number, sizeof taken->number - 1);
  if (!api->loop || is_dealt_with(api->care, number)) {
    show(api, request, taken);
    mem_free(taken);
    return;
  }
  taken->pending = pending_new(api, request, NULL);
  taken->pending->held = taken;
  taken->pending->drop = drop;
  taken->timer = loop_timer_new(api->loop, look, taken);
  loop_timer_arm(taken->timer, TRY_MS);
}
