#include "api/events.h"

#include <string.h>

#include "api/pending.h"
#include "base/mem.h"
#include "care/patient.h"

enum { EVENTS_MOST = 1000, ID_BYTES = 128 };

struct event_result {
  struct posting *posting;        // whose it is
  struct submission *submission;  // until it is submitted; NULL: refused
  char *id;                       // of the source; NULL when it gave none
  int status;                     // 202 409 422; 0: not told yet
  char *detail;                   // a sentence when it was refused
  char *flag;                     // what is wrong with a number that it brought; NULL
  char *number;                   // of feedback: what its sender is told; NULL
};

struct posting {  // one request; lives until every event in it is settled
  struct pending *pending;
  struct event_result *results;
  const struct event_form *form;  // NULL: its items are events
  enum inbox_stage stage;
  uint32_t count, left;
  bool single;
};

static const char *const conflict_text =
    "another event was taken with this id before; give each event an id of its own";

// The name that a sentence about one begins with, apart for machines.
static void put_field(struct json *json, const struct event_result *result) {
  static const char begin[] = "field \"";
  const char *name = result->detail;
  if (!result->posting->form || strncmp(name, begin, sizeof begin - 1)) return;
  name += sizeof begin - 1;
  char *field = mem_copy_bytes(name, strcspn(name, "\""));
  json_key(json, "field");
  json_text(json, field);
  mem_free(field);
}

static void put_result(struct json *json, const struct event_result *result) {
  json_open(json, '{');
  json_key(json, "id");
  json_text(json, result->id);
  json_key(json, "status");
  json_int(json, result->status);
  if (result->detail) {
    json_key(json, "detail");
    json_text(json, result->detail);
    put_field(json, result);
  }
  if (result->number) {
    json_key(json, "number");
    json_text(json, result->number);
  }
  if (result->flag) {
    json_key(json, "flag");
    json_text(json, result->flag);
  }
  json_close(json, '}');
}

static void answer_all(struct posting *posting, struct buf *out) {
  struct json json = {.out = out};
  json_open(&json, '{');
  json_key(&json, "results");
  json_open(&json, '[');
  for (uint32_t i = 0; i < posting->count; i++) put_result(&json, &posting->results[i]);
  json_close(&json, ']');
  json_close(&json, '}');
}

// What a full disk refused is the sender's still, all of it.
static int fault_of(const struct posting *posting) {
  for (uint32_t i = 0; i < posting->count; i++)
    if (posting->results[i].status >= 500) return posting->results[i].status;
  return 0;
}

static void answer(struct posting *posting) {
  static const struct http_header type = {"Content-Type", "application/json"};
  struct http_request *request = posting->pending->request;
  const struct event_result *first = posting->results;
  struct buf out = {0};
  struct json json = {.out = &out};
  int fault = fault_of(posting);
  if (fault) {
    http_respond_problem(request, fault, "it could not be written; send it again later");
  } else if (posting->single && first->status >= 300) {
    http_respond_problem(request, first->status, first->detail);
  } else {
    if (posting->single)
      put_result(&json, first);
    else
      answer_all(posting, &out);
    http_respond(request, 202, &type, 1, out.data, out.len);
  }
  buf_deinit(&out);
}

void events_free(struct posting *posting) {
  if (!posting) return;
  for (uint32_t i = 0; i < posting->count; i++) {
    if (posting->results[i].submission) submission_free(posting->results[i].submission);
    mem_free(posting->results[i].id);
    mem_free(posting->results[i].detail);
    mem_free(posting->results[i].flag);
    mem_free(posting->results[i].number);
  }
  mem_free(posting->results);
  mem_free(posting);
}

static void settle(struct posting *posting) {
  if (--posting->left) return;
  answer(posting);
  pending_free(posting->pending);
  events_free(posting);
}

static void mend(const struct event_result *result) {
  const struct event_form *form = result->posting->form;
  if (form && result->detail) form->mend(result->detail);
}

static void on_told(void *self, int64_t row, const struct value *told) {
  struct event_result *result = self;
  struct value status = value_field(told, "status"), detail = value_field(told, "detail"),
               flag = value_field(told, "flag"), number = value_field(told, "number");
  (void)row;
  result->status = (int)value_int_or(&status, 500);
  result->detail = value_copy_text(&detail);
  mend(result);
  result->flag = value_copy_text(&flag);
  result->number = value_copy_text(&number);
  if (result->status == 409 && !result->detail)
    result->detail = mem_copy_text(conflict_text);
  settle(result->posting);
}

static void refuse(struct event_result *result, const char *why) {
  result->status = 422;
  result->detail = mem_copy_text(why);
  mend(result);
}

static bool fits(const struct value *id) {
  return id->kind == VALUE_TEXT && id->text.len && id->text.len <= ID_BYTES &&
         !memchr(id->text.data, '\0', id->text.len);
}

// The source is the field, else the token's holder: two systems may number alike.
static char *source_of(const struct call *call, const struct value *event) {
  struct value source = value_field(event, "source");
  return fits(&source) ? value_copy_text(&source) : mem_copy_text(call->caller->staff);
}

// Who asks to wait learns what became of it, not only that it was taken.
static enum inbox_stage stage_of(const struct call *call) {
  const char *wait = http_form_get(&call->query, "wait");
  return wait && strcmp(wait, "applied") == 0 ? INBOX_APPLIED : INBOX_RECORDED;
}

static void read_event(const struct call *call, const struct value *event,
                       struct event_result *result) {
  struct value id = value_field(event, "id"), view;
  struct buf clean = {0};
  struct status status = {0};
  if (fits(&id)) result->id = value_copy_text(&id);
  if (!result->id) {
    refuse(result,
           "field \"id\" is missing: give the source's own id of the event, a text "
           "of at most 128 bytes");
  } else if (event_check(event, call->care->measures, &clean, &status)) {
    refuse(result, status.text);
  } else {
    char *source = source_of(call, event);
    value_read_front(clean.data, clean.len, &view);
    result->submission = submission_new(source, result->id, "event", &view,
                                        result->posting->stage, on_told, result);
    mem_free(source);
  }
  buf_deinit(&clean);
}

static void read_item(const struct call *call, const struct value *item,
                      struct event_result *result) {
  const struct event_form *form = result->posting->form;
  struct buf made = {0};
  struct value event;
  if (!form || item->kind != VALUE_MAP) {
    read_event(call, item, result);
    return;
  }
  form->make(item, &made);
  value_read_front(made.data, made.len, &event);
  read_event(call, &event, result);
  buf_deinit(&made);
}

static void read_items(struct call *call, const struct event_form *form,
                       const struct value *items, bool single) {
  struct posting *posting = call->posting = mem_alloc(sizeof *posting);
  struct value_iter iter = value_iterate(items);
  struct value item = *items;
  uint32_t count = single ? 1 : value_count(items);
  *posting = (struct posting){
      .single = single, .form = form, .count = count, .stage = stage_of(call)};
  posting->results = mem_alloc((count + 1) * sizeof *posting->results);
  for (uint32_t i = 0; i < count && (single || value_next(&iter, NULL, &item)); i++) {
    posting->results[i].posting = posting;
    read_item(call, &item, &posting->results[i]);
  }
}

void events_read_as(struct call *call, const struct event_form *form) {
  const char *list = form ? form->list : "events";
  struct value items = value_field(&call->body, list);
  if (items.kind == VALUE_NIL)
    read_items(call, form, &call->body, true);
  else if (items.kind != VALUE_LIST || !value_count(&items) ||
           value_count(&items) > EVENTS_MOST)
    call_refuse(call, 422, "%s: must be a list of 1 to %d", list, EVENTS_MOST);
  else
    read_items(call, form, &items, false);
}

void events_read(struct call *call) { events_read_as(call, NULL); }

void events_post(struct call *call) {
  struct posting *posting = call->posting;
  call->posting = NULL;
  posting->pending = pending_new(call->api, call->request, NULL);
  posting->left = 1;
  for (uint32_t i = 0; i < posting->count; i++) {
    struct submission *submission = posting->results[i].submission;
    posting->results[i].submission = NULL;
    if (!submission) continue;
    posting->left++;
    kernel_submit_made(call->care->kernel, submission);
  }
  settle(posting);
}
