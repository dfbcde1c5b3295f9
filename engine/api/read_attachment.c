// The bytes of a photo or a voice, for staff.
#include <stdio.h>
#include <string.h>

#include "api/access.h"
#include "api/case_view.h"
#include "api/pending.h"
#include "api/read.h"
#include "care/attachment.h"
#include "care/mapping.h"

// Never shown within a page of ours: a browser is to take it as a file and nothing else.
static void send_bytes(struct http_request *request, const struct attachment *found,
                       const struct buf *bytes) {
  const struct media *media = media_of_word(found->kind);
  char name[64];
  snprintf(name, sizeof name, "attachment; filename=\"%s.%s\"", found->id,
           media ? media->suffix : "bin");
  struct http_header headers[] = {
      {"Content-Type", media ? media->media_type : "application/octet-stream"},
      {"Content-Disposition", name},
      {"Content-Security-Policy", "default-src 'none'"},
      {"Cache-Control", "no-store"},
      {"X-Content-Type-Options", "nosniff"}};
  http_respond(request, 200, headers, sizeof headers / sizeof *headers, buf_text(bytes),
               bytes->len);
}

static void on_audited(struct pending *pending, const struct value *result) {
  struct care *care = pending->api->care;
  struct value state = value_field(result, "status");
  struct attachment found;
  struct buf bytes = {0};
  struct status status = {0};
  if (value_int_or(&state, 500) >= 400) {
    http_respond_problem(pending->request, 503, "the look was not recorded; try again");
  } else if (!attachment_find(care, buf_text(&pending->text), &found)) {
    if (!api_unread(pending->api, pending->request))
      http_respond_problem(pending->request, 404, "another one has taken its place");
  } else if (blob_read(care->store, found.id, &bytes, &status)) {
    http_respond_problem(pending->request, status.code == ERR_NOT_FOUND ? 410 : 500,
                         status.text);
  } else {
    send_bytes(pending->request, &found, &bytes);
  }
  buf_deinit(&bytes);
}

static void submit(struct call *call, const struct attachment *found) {
  struct buf body = {0}, objects = {0}, object = {0};
  struct value list;
  size_t begun = value_begin_list(&objects);
  buf_printf(&object, "%s:%lld", found->case_ ? "case" : "patient",
             (long long)(found->case_ ? found->case_ : found->patient));
  value_put_text(&objects, object.data);
  value_end(&objects, begun, 1);
  value_read(objects.data, objects.len, &list);
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "action", "attachment.read");
  mapping_text(&map, "actor", call->caller->staff);
  mapping_text(&map, "detail", found->id);
  mapping_value(&map, "objects", &list);
  mapping_end(&map);
  struct pending *pending = pending_new(call->api, call->request, on_audited);
  call->request = NULL;
  buf_puts(&pending->text, found->id);
  pending_submit(pending, "attachment", NULL, "audit", &body);
  buf_deinit(&object);
  buf_deinit(&objects);
  buf_deinit(&body);
}

static bool may_see(struct call *call, const struct attachment *found) {
  return found->case_ ? case_view_of(call, found->case_).whole
                      : access_patient(call, found->patient);
}

void read_attachment(struct call *call) {
  struct attachment found;
  if (blob_is_name(call->segments[1]) &&
      attachment_find(call->care, call->segments[1], &found) && may_see(call, &found))
    submit(call, &found);
  else
    call_problem(call, 404, "there is no such attachment among those you see");
}
