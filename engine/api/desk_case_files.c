#include "api/desk_case_files.h"

#include "api/case_view.h"
#include "api/desk.h"
#include "api/desk_case.h"
#include "api/page.h"
#include "api/pending.h"
#include "base/mem.h"
#include "care/attachment.h"
#include "care/mapping.h"

void read_case_files_put(struct call *call, struct json *json, const char *number,
                         bool whole) {
  if (!whole) {
    json_key(json, "attachments_hidden");
    json_int(json,
             store_int(call->care->store, 0,
                       "SELECT count(*) FROM attachment WHERE number=?1", "t", number));
    return;
  }
  struct stmt *row = store_query(
      call->care->store,
      "SELECT id, kind, bytes, name, by_who, created_at, CASE WHEN kind IN ('jpeg','png',"
      "'webp','heic') THEN 'photo' ELSE 'voice' END FROM attachment WHERE number=?1"
      " ORDER BY created_at, id",
      "t", number);
  json_key(json, "attachments");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(call, json, row, "id:s kind:s bytes:i name:s by:s at:z what:s");
  json_close(json, ']');
  stmt_done(row);
}

void read_case_files(struct call *call) {
  struct buf out = {0};
  struct json json = {.out = &out};
  int64_t id = read_case_find(call);
  if (!id) return;
  struct case_view view = case_view_of(call, id);
  call->coarse = view.coarse;
  json_open(&json, '{');
  read_case_files_put(call, &json, call->segments[1], view.whole);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

static void on_kept(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail"), list, one;
  struct call call = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .caller = pending->caller};
  int code = (int)value_int_or(&status, 500);
  value_read(buf_text(&pending->text), pending->text.len, &list);
  one = value_at(&list, 0);
  if (code >= 400) {
    char *text = value_copy_text(&detail);
    attachment_forget(call.care, &list);
    call_problem(&call, code, "%s", text ? text : "it was refused");
    mem_free(text);
  } else {
    struct buf out = {0};
    value_to_json(&out, &one);
    call_send(&call, 201, &out, NULL);
    buf_deinit(&out);
  }
}

static void submit(struct call *call, int64_t id, const struct buf *list) {
  struct buf body = {0}, source = {0};
  struct mapping map = mapping_begin(&body);
  mapping_key(&map, "attachments");
  buf_put(&body, list->data, list->len);
  mapping_int(&map, "case", id);
  mapping_text(&map, "staff", call->caller->staff);
  mapping_end(&map);
  buf_printf(&source, "api:%s", call->caller->staff);
  struct pending *pending = pending_new(call->api, call->request, on_kept);
  call->request = NULL;
  pending->caller = call->caller;
  buf_put(&pending->text, list->data, list->len);
  pending_submit(pending, source.data, NULL, "case.attach", &body);
  buf_deinit(&source);
  buf_deinit(&body);
}

static void refuse(struct call *call, enum attachment_fault fault,
                   const struct attachment_file *file, const struct status *status) {
  if (fault == ATTACHMENT_KIND)
    call_problem(
        call, 415,
        "the file is no photo or recording, or is damaged: photos JPG, PNG, WebP "
        "or HEIC, recordings M4A, AMR, MP3, AAC, OGG, WebM or WAV, by what is in "
        "it and not by its name");
  else if (fault == ATTACHMENT_SIZE)
    call_problem(call, 413, "the file has more than %d MB, which are the most of %s",
                 (int)(file->most >> 20), file->media->voice ? "a recording" : "a photo");
  else
    call_problem(call, status->code == ERR_FULL ? 507 : 503, "%s", status->text);
}

void desk_case_attach(struct call *call) {
  struct buf list = {0};
  struct status status = {0};
  char name[BLOB_NAME_SIZE];
  const struct http_request *request = call->request;
  int64_t id = read_case_find(call);
  if (!id) return;
  struct attachment_file file = {.name = http_form_get(&call->query, "name"),
                                 .bytes = request->body,
                                 .len = request->body_len,
                                 .media = media_of(request->body, request->body_len)};
  file.most = page_file_bytes(call->api, file.media && file.media->voice);
  size_t begun = value_begin_list(&list);
  enum attachment_fault fault = attachment_write(call->care, &file, &list, name, &status);
  value_end(&list, begun, fault ? 0 : 1);
  if (fault)
    refuse(call, fault, &file, &status);
  else
    submit(call, id, &list);
  buf_deinit(&list);
}
