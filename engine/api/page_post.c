// Answers that are sent: kept as a draft on every screen, given to the inbox at the end.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/page.h"
#include "api/pending.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "care/mapping.h"
#include "care/question.h"

enum { VALUE_MOST = 4000 };

static bool fits(const char *text) {
  size_t len = strlen(text);
  return len <= VALUE_MOST && utf8_valid(text, len);
}

static void trim(const char *text, struct buf *out) {
  size_t len = strlen(text);
  while (len && strchr(" \t\r\n", text[len - 1])) len--;
  while (len && strchr(" \t\r\n", *text)) text++, len--;
  buf_put(out, text, len);
}

// All values of a field, for boxes of which several may be ticked.
static void put_list(const struct page *page, const char *name, struct buf *out) {
  size_t list = value_begin_list(out);
  uint32_t count = 0;
  for (size_t i = 0; i < page->form.count; i++)
    if (!strcmp(page->form.fields[i].name, name) && fits(page->form.fields[i].value)) {
      value_put_text(out, page->form.fields[i].value);
      count++;
    }
  value_end(out, list, count);
  if (!count) buf_clear(out);
}

static void take_item(const struct page *page, const struct value *item,
                      struct merge *merge) {
  char id[64], name[72];
  struct value field = value_field(item, "id"), many = value_field(item, "many"),
               kind = value_field(item, "kind");
  struct buf value = {0}, text = {0};
  snprintf(id, sizeof id, "%.*s", (int)field.text.len, field.text.data);
  snprintf(name, sizeof name, "a_%s", id);
  const char *given = http_form_get(&page->form, name);
  if (value_is(&kind, "photo")) {
    page_photo_value(page, id, &value);
  } else if (value_true(&many)) {
    put_list(page, name, &value);
  } else if (given && fits(given)) {
    trim(given, &text);
    if (text.len) value_put_bytes(&value, text.data, text.len);
  }
  merge_value(merge, id, &(struct value){0});
  if (value.len) merge_encoded(merge, id, &value);
  buf_deinit(&value);
  buf_deinit(&text);
}

// The draft with what this screen says; only items that the form has.
static void take_values(const struct page *page, int step, struct buf *out) {
  struct merge merge = {0};
  struct value items = value_field(&page->definition, "items");
  if (page->draft.len) merge_bytes(&merge, page->draft.data, page->draft.len);
  for (int at = step ? step : 1; (uint32_t)at <= value_count(&items); at++) {
    struct value item = page_item_at(page, at);
    take_item(page, &item, &merge);
    if (step) break;
  }
  merge_end(&merge, out);
}

static bool has(const struct value *values, const struct page_fault *fault) {
  struct value given = value_field(values, fault->item);
  return given.kind != VALUE_NIL;
}

// The item where the first thing that doesn't fit is, if it is on this screen; else 0.
// form_check says "form.item: …".
static int find_fault(const struct page *page, const struct value *values, int step,
                      struct page_fault *fault) {
  struct status status = {0};
  struct buf clean = {0};
  size_t prefix = strlen(page->form_id) + 1;
  bool bad = form_check(page->care, page->department, page->form_id, page->question,
                        values, &clean, &status) != OK;
  buf_deinit(&clean);
  if (!bad || strncmp(status.text, page->form_id, prefix - 1)) return 0;
  struct value items = value_field(&page->definition, "items");
  for (int at = step ? step : 1; (uint32_t)at <= value_count(&items); at++) {
    struct value item = page_item_at(page, at), id = value_field(&item, "id");
    const char *rest = status.text + prefix;
    if (!strncmp(rest, id.text.data, id.text.len) && rest[id.text.len] == ':') {
      snprintf(fault->item, sizeof fault->item, "%.*s", (int)id.text.len, id.text.data);
      page_fault_words(page, &item, !has(values, fault), fault);
      return at;
    }
    if (step) return 0;
  }
  return 0;
}

static int failure(const struct value *result) {
  struct value status = value_field(result, "status");
  int64_t code = value_int_or(&status, 500);
  return code < 400 ? 0 : code == 507 ? 507 : 503;
}

// What the disk refused is shown again as it was typed, with a word of why.
static void on_draft(struct pending *pending, const struct value *result) {
  int failed = failure(result);
  if (failed)
    page_again(pending->api, pending->request, failed);
  else
    page_redirect(pending->request, buf_text(&pending->text));
}

static void keep_draft(struct page *page, const struct value *values, int next) {
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  mapping_int(&map, "question", page->question);
  mapping_value(&map, "values", values);
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_draft);
  page->request = NULL;
  page_address(page, next, &pending->text);
  pending_submit(pending, "page", NULL, "answer.draft", &body);
  buf_deinit(&body);
}

static void on_answer(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status");
  struct page page = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .english = pending->kind == 'e'};
  int64_t code = value_int_or(&status, 500);
  if (code < 400)
    page_redirect(pending->request, buf_text(&pending->text));
  else if (code == 409 || code == 404)
    page_sorry(&page, 410, "这份问卷已经结束，不用再填了。谢谢您!",
               "These questions are closed; nothing more is needed. Thank you!");
  else if (code == 422)
    page_sorry(&page, 422, "没有保存成功，请退回上一页再试，或者给我们打电话。",
               "It was not saved. Please go back and try again, or ring us.");
  else
    page_again(pending->api, pending->request, failure(result));
}

static void give(struct page *page, const struct value *values) {
  struct buf body = {0}, who = {0};
  const char *by = page_by(page);
  if (page->token.person) buf_printf(&who, "%lld", (long long)page->token.person);
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "by_kind", by ? by : "patient");
  mapping_text(&map, "by_who", who.data);
  mapping_int(&map, "question", page->question);
  mapping_value(&map, "values", values);
  mapping_end(&map);
  struct pending *pending = pending_new(page->api, page->request, on_answer);
  page->request = NULL;
  pending->kind = page->english ? 'e' : 'z';
  page_address(page, 0, &pending->text);
  pending_submit(pending, "page", NULL, "answer", &body);
  buf_deinit(&body);
  buf_deinit(&who);
}

// What was hidden by `when` a moment ago may be shown now: it is asked before the end.
static void go_on(struct page *page, const struct value *values, int step) {
  struct page_fault fault = {0};
  int next = step ? page_next_shown(page, values, step + 1) : 0;
  if (find_fault(page, values, step, &fault))
    page_render(page, values, step, &fault);
  else if (next)
    keep_draft(page, values, next);
  else if ((next = find_fault(page, values, 0, &fault)) != 0)
    keep_draft(page, values, next);  // an earlier question is open still: its turn comes
  else
    give(page, values);
}

// Photos go first; once they are kept the request is served again.
static void take_and_go_on(struct page *page, const struct value *values, int step) {
  struct page_fault fault = {0};
  enum page_taken taken = PAGE_NONE_TAKEN;
  if (page->request->refused == 413) {
    page_photo_too_large(page, step, &fault);
    taken = PAGE_FAULT;
  } else if (page->request->refused) {
    page->failed = 503;
  } else if (!page->again) {
    taken = page_photo_take(page, step, &fault);
  }
  if (taken == PAGE_TAKEN) return;
  if (taken == PAGE_FAULT || page->failed)
    page_render(page, values, step, &fault);
  else
    go_on(page, values, step);
}

void page_form_post(struct page *page) {
  const char *asked = page_field(page, "step");
  int step = asked && strlen(asked) < 4 ? (int)strtol(asked, NULL, 10) : 0;
  bool open = (!strcmp(page->status, "open") || !strcmp(page->status, "lapsed")) &&
              page->expires_at >= kernel_now(page->care->kernel);
  if (!open || page->definition.kind != VALUE_MAP) {
    page_form(page);
    return;
  }
  struct buf bytes = {0};
  struct value values;
  struct value items = value_field(&page->definition, "items");
  if (step < 0 || (uint32_t)step > value_count(&items)) step = 0;
  if (page->request->refused)
    buf_put(&bytes, buf_text(&page->draft), page->draft.len);
  else
    take_values(page, step, &bytes);
  value_read(buf_text(&bytes), bytes.len, &values);
  take_and_go_on(page, &values, step);
  buf_deinit(&bytes);
}
