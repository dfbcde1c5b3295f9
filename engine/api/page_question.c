// What a page is about: the question, its form, who reads, what was typed before.
#include <stdlib.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/facts.h"
#include "care/mapping.h"
#include "care/question.h"

enum { OLD_YEARS = 60 };

static bool read_question(struct page *page, int64_t id) {
  struct stmt *row = store_query(
      page->care->store,
      "SELECT q.id, q.patient, q.enrollment, q.answer, q.expires_at, q.department,"
      " q.program, q.form, q.status, d.body FROM question q LEFT JOIN draft d ON"
      " d.question=q.id WHERE q.id=?1",
      "i", id);
  bool found = stmt_row(row);
  if (found) {
    size_t len;
    page_unload(page);
    page->question = stmt_int(row, 0);
    page->patient = stmt_int(row, 1);
    page->enrollment = stmt_int(row, 2);
    page->answer = stmt_int(row, 3);
    page->expires_at = stmt_int(row, 4);
    page->department = mem_copy_text(stmt_text(row, 5));
    page->program = mem_copy_text(stmt_text(row, 6));
    page->form_id = mem_copy_text(stmt_text(row, 7));
    strncpy(page->status, stmt_text(row, 8), sizeof page->status - 1);
    const char *draft = stmt_bytes(row, 9, &len);
    if (draft) buf_put(&page->draft, draft, len);
    question_offered(page->care, page->question, &page->offered);
  }
  stmt_done(row);
  return found;
}

void page_unload(struct page *page) {
  mem_free(page->department);
  mem_free(page->program);
  mem_free(page->form_id);
  page->department = page->program = page->form_id = NULL;
  buf_deinit(&page->draft);
  buf_deinit(&page->offered);
}

static const int64_t seen_again_ms = 5 * 60000;  // a reader who turns pages is one

// Nothing is written for questions whose time does not hang on it.
static bool is_worth_keeping(const struct page *page) {
  int64_t now = kernel_now(page->care->kernel);
  return store_int(page->care->store, 0,
                   "SELECT coalesce(seen_at,0)<?2 FROM question WHERE id=?1 AND EXISTS"
                   " (SELECT 1 FROM ladder WHERE ladder.question=question.id AND"
                   " closed_at IS NULL)",
                   "ii", page->question, now - seen_again_ms) != 0;
}

void page_opened(const struct page *page) {
  struct buf body = {0};
  struct value view;
  char id[17];
  if (!is_worth_keeping(page)) return;
  struct mapping map = mapping_begin(&body);
  mapping_int(&map, "question", page->question);
  mapping_end(&map);
  value_read(body.data, body.len, &view);
  digest_random_id(id);
  kernel_submit(page->care->kernel, "page", id, "question.opened", &view, INBOX_RECORDED,
                NULL, NULL);
  buf_deinit(&body);
}

// A link to an older question of the same form leads to the newer one.
static int64_t newer(const struct page *page) {
  return store_int(page->care->store, 0,
                   "SELECT max(id) FROM question WHERE patient=?1 AND form=?2 AND"
                   " enrollment IS ?3 AND status IN ('open','lapsed')",
                   "itI", page->patient, page->form_id, page->enrollment);
}

static bool may_know(const struct page *page) {
  char *state =
      store_text(page->care->store, "SELECT disclosure FROM patient WHERE id=?1", "i",
                 page->patient);
  bool known = state && (!strcmp(state, "self") ||
                         (!strcmp(state, "family") && page->token.person &&
                          page->token.person != page->patient));
  mem_free(state);
  return known;
}

// From here on the link is the newer question's, so that the thanks and the advice after
// the answer are its own.
static bool follow(struct page *page, int64_t question) {
  if (page->link[0])
    link_token_make(page->api->keys.link, question, page->token.person,
                    page->token.expires_at, page->link);
  return read_question(page, question);
}

bool page_load(struct page *page, int64_t question) {
  if (!read_question(page, question)) return false;
  int64_t other = strcmp(page->status, "closed") ? 0 : newer(page);
  if (other && !follow(page, other)) return false;
  page->definition =
      catalog_find(page->care->catalog, page->department, "form", page->form_id);
  page->may_know = may_know(page);
  return true;
}

static int photos(const struct page *page) {
  int count = 0;
  for (int step = 1; page_item_at(page, step).kind == VALUE_MAP; step++)
    count += page_has_photo(page, step);
  return count;
}

// A request has room for one photo.
bool page_only_by_step(const struct page *page) { return photos(page) > 1; }

bool page_by_step(const struct page *page) {
  const char *all = page_field(page, "all");
  if (page_only_by_step(page)) return true;
  if (all && (!strcmp(all, "1") || !strcmp(all, "0"))) return *all == '0';
  int age = facts_age(page->care, page->patient, kernel_now(page->care->kernel));
  return age < 0 || age >= OLD_YEARS;
}

const char *page_by(const struct page *page) {
  const char *by = page_field(page, "by");
  if (page->token.person)
    return page->token.person == page->patient ? "patient" : "family";
  if (by && !strcmp(by, "patient")) return "patient";
  return by && !strcmp(by, "family") ? "family" : NULL;
}

void page_address(const struct page *page, int step, struct buf *out) {
  const char *all = page_field(page, "all"), *by = page_by(page);
  buf_printf(out, "/f/%s?by=%s", page->link, by ? by : "");
  if (step) buf_printf(out, "&step=%d", step);
  if (all && (!strcmp(all, "1") || !strcmp(all, "0"))) buf_printf(out, "&all=%s", all);
  if (page->asked_language) buf_printf(out, "&lang=%s", page_say(page, "zh", "en"));
}

struct value page_item_at(const struct page *page, int step) {
  struct value items = value_field(&page->definition, "items");
  if (step < 1 || (uint32_t)step > value_count(&items)) return (struct value){0};
  return value_at(&items, (uint32_t)step - 1);
}

int page_next_shown(const struct page *page, const struct value *values, int from) {
  struct value items = value_field(&page->definition, "items");
  for (int step = from < 1 ? 1 : from; (uint32_t)step <= value_count(&items); step++) {
    struct value item = page_item_at(page, step);
    if (form_item_shown(page->care, page->department, page->form_id, &item, values))
      return step;
  }
  return 0;
}
