#include "api/desk_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/pending.h"
#include "base/digest.h"
#include "base/iso.h"
#include "base/mem.h"
#include "care/event_check.h"
#include "care/mapping.h"

// --- one that somebody took in

// What is said of the item itself; who took it in stays responsible (首诉负责).
static void put_item(const struct call *call, struct buf *out) {
  struct merge merge = {0};
  struct value_iter iter = value_iterate(&call->body);
  struct value key, field, receiver = value_field(&call->body, "receiver");
  while (value_next(&iter, &key, &field)) {
    char name[48] = "";
    memcpy(name, key.text.data, key.text.len < 47 ? key.text.len : 47);
    if (strcmp(name, "patient") && strcmp(name, "mrn") && strcmp(name, "visit") &&
        strcmp(name, "at"))
      merge_value(&merge, name, &field);
  }
  if (receiver.kind == VALUE_NIL) merge_text(&merge, "receiver", call->caller->staff);
  merge_end(&merge, out);
}

// NULL: none was named, or it is not there: then *bad.
static char *mrn_of(struct call *call, bool *bad) {
  char *mrn = value_copy_field(&call->body, "mrn"),
       *id = value_copy_field(&call->body, "patient");
  if (!mrn && id) {
    int64_t row = public_id_parse(call->api->keys.public_id, 'p', id);
    *bad = !row || !access_patient(call, row);
    if (!*bad)
      mrn = store_text(call->care->store,
                       "SELECT value FROM identity WHERE person=?1 AND kind='mrn'", "i",
                       row);
  }
  mem_free(id);
  if (*bad) call_problem(call, 404, "patient: there is none such among those you see");
  return mrn;
}

static void put_patient(struct merge *merge, const char *mrn) {
  struct buf out = {0};
  if (!mrn) return;
  struct mapping map = mapping_begin(&out);
  mapping_text(&map, "mrn", mrn);
  mapping_end(&map);
  merge_encoded(merge, "patient", &out);
  buf_deinit(&out);
}

static void put_event(struct call *call, const char *id, const char *mrn,
                      struct buf *out) {
  struct merge merge = {0};
  struct buf item = {0};
  char now[ISO_SIZE], *at = value_copy_field(&call->body, "at"),
                      *visit = value_copy_field(&call->body, "visit");
  iso_format(kernel_now(call->care->kernel), care_site_zone(call->care), now);
  put_item(call, &item);
  merge_text(&merge, "id", id);
  merge_text(&merge, "kind", "feedback");
  merge_text(&merge, "at", at ? at : now);
  merge_text(&merge, "visit", visit);
  merge_encoded(&merge, "item", &item);
  put_patient(&merge, mrn);
  merge_end(&merge, out);
  buf_deinit(&item);
  mem_free(at);
  mem_free(visit);
}

static void on_new(struct pending *pending, const struct value *result) {
  struct call call = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .caller = pending->caller};
  struct value status = value_field(result, "status");
  int code = (int)value_int_or(&status, 500);
  char *detail = value_copy_field(result, "detail");
  if (code >= 300) {
    call_problem(&call, code, "%s", detail ? detail : "it was refused");
  } else {
    struct buf out = {0};
    struct json json = {.out = &out};
    char *number = value_copy_field(result, "number");
    json_open(&json, '{');
    json_key(&json, "number");
    json_text(&json, number);
    json_close(&json, '}');
    call_send(&call, 201, &out, NULL);
    mem_free(number);
    buf_deinit(&out);
  }
  mem_free(detail);
}

static void take_in(struct call *call, const char *id, const struct buf *event) {
  struct buf clean = {0}, source = {0};
  struct status status = {0};
  struct value posted;
  value_read(buf_text(event), event->len, &posted);
  if (event_check(&posted, call->care->measures, &clean, &status)) {
    call_problem(call, 422, "%s", status.text);
  } else {
    struct pending *pending = pending_new(call->api, call->request, on_new);
    call->request = NULL;
    pending->caller = call->caller;
    buf_printf(&source, "api:%s", call->caller->staff);
    pending_submit(pending, source.data, id, "event", &clean);
  }
  buf_deinit(&clean);
  buf_deinit(&source);
}

void desk_case_new(struct call *call) {
  struct buf event = {0}, id = {0};
  char random[17];
  const char *key = http_header_find(call->request->headers, call->request->header_count,
                                     "Idempotency-Key");
  bool bad = false;
  char *mrn = mrn_of(call, &bad);
  if (bad) return;
  digest_random_id(random);
  buf_printf(&id, "case/%.120s", key && *key ? key : random);
  put_event(call, id.data, mrn, &event);
  take_in(call, id.data, &event);
  mem_free(mrn);
  buf_deinit(&event);
  buf_deinit(&id);
}

// --- one that is there

// The work that its run waits for goes to somebody else.
static void transfer(struct call *call, int64_t id) {
  struct merge more = {0};
  char *reason = value_copy_field(&call->body, "reason");
  int64_t task = store_int(
      call->care->store, 0,
      "SELECT task.id FROM case_file JOIN run ON run.patient=case_file.sender AND"
      " run.enrollment=case_file.enrollment AND run.ended_at IS NULL AND run.wait='task'"
      " JOIN task ON task.id=run.wait_ref AND task.status='open' WHERE"
      " case_file.enrollment=?1",
      "i", id);
  if (!task) {
    call_problem(call, 409, "nobody has work on this case that could be passed on");
  } else if (!reason || !*reason) {
    call_problem(call, 422, "field \"reason\" is missing; say why it is passed on");
  } else {
    merge_int(&more, "task", task);
    merge_text(&more, "code", "transfer");
    merge_text(&more, "note", reason);
    merge_text(&more, "staff", call->caller->staff);
    desk_submit(call, "task.done", 't', task, &more);
  }
  mem_free(reason);
}

static void link_to(struct call *call, int64_t id) {
  struct merge more = {0};
  char *text = value_copy_field(&call->body, "patient");
  int64_t patient = text ? public_id_parse(call->api->keys.public_id, 'p', text) : 0;
  mem_free(text);
  if (!patient || !access_patient(call, patient)) {
    call_problem(call, 404, "patient: there is none such among those you see");
    return;
  }
  merge_int(&more, "case", id);
  merge_int(&more, "patient", patient);
  merge_text(&more, "staff", call->caller->staff);
  desk_submit(call, "case.link", 'x', id, &more);
}

static void merge_cases(struct call *call, int64_t id) {
  struct merge more = {0};
  char *text = value_copy_field(&call->body, "into");
  int64_t into =
      store_int(call->care->store, 0,
                "SELECT enrollment FROM case_file WHERE number=?2 AND " ACCESS_DEPARTMENT(
                    "department", "1"),
                "tt", access_departments(call), text ? text : "");
  mem_free(text);
  if (!into) {
    call_problem(call, 404, "into: there is no case of this number among those you see");
    return;
  }
  merge_int(&more, "case", id);
  merge_int(&more, "into", into);
  merge_text(&more, "staff", call->caller->staff);
  desk_submit(call, "case.merge", 'x', id, &more);
}

// What needs nothing but the fields that were posted.
static void submit(struct call *call, int64_t id, const char *kind) {
  struct merge more = {0};
  merge_int(&more, "case", id);
  merge_text(&more, "staff", call->caller->staff);
  desk_submit(call, kind, 'x', id, &more);
}

static void add(struct call *call, int64_t id) { submit(call, id, "case.add"); }

static void correct(struct call *call, int64_t id) { submit(call, id, "case.correct"); }

static void extend(struct call *call, int64_t id) { submit(call, id, "case.extend"); }

static void told(struct call *call, int64_t id) { submit(call, id, "case.told"); }

static void join(struct call *call, int64_t id) { submit(call, id, "case.join"); }

static void leave(struct call *call, int64_t id) { submit(call, id, "case.leave"); }

static void publish(struct call *call, int64_t id) { submit(call, id, "case.publish"); }

static void unpublish(struct call *call, int64_t id) {
  submit(call, id, "case.unpublish");
}

void desk_case(struct call *call) {
  static const struct {
    const char *verb;
    void (*fn)(struct call *call, int64_t id);
  } verbs[] = {{"add", add},      {"correct", correct},   {"transfer", transfer},
               {"link", link_to}, {"merge", merge_cases}, {"extend", extend},
               {"told", told},    {"publish", publish},   {"unpublish", unpublish},
               {"join", join},    {"leave", leave}};
  int64_t id = read_case_find(call);
  for (size_t i = 0; id && i < sizeof verbs / sizeof *verbs; i++)
    if (!strcmp(call->segments[2], verbs[i].verb)) {
      verbs[i].fn(call, id);
      return;
    }
}
