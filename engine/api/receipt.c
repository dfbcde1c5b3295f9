#include "api/receipt.h"

#include <string.h>

#include "api/pending.h"
#include "care/message.h"

// The reply waits in the pending: its status as row, its type and body in text.
static void keep_reply(struct pending *pending, const struct api_reply *reply) {
  pending->row = reply->status;
  buf_put(&pending->text, reply->type, strlen(reply->type) + 1);
  buf_put(&pending->text, buf_text(&reply->body), reply->body.len);
}

static void respond(struct http_request *request, int64_t status, const char *type,
                    const char *body, size_t len) {
  struct http_header header = {"Content-Type", type};
  http_respond(request, (int)status, &header, type[0] ? 1 : 0, body, len);
}

static void committed(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status");
  int64_t code = value_int_or(&status, 500);
  const char *type = pending->text.data;
  size_t body = strlen(type) + 1;
  if (code >= 300)
    http_respond_problem(pending->request, (int)code,
                         "it could not be written; send it again later");
  else
    respond(pending->request, pending->row, type, pending->text.data + body,
            pending->text.len - body);
}

static void answer(struct api *api, struct http_request *request, const char *channel,
                   const struct api_reply *reply) {
  struct value list;
  if (!value_read(buf_text(&reply->receipts), reply->receipts.len, &list)) {
    respond(request, reply->status, reply->type, buf_text(&reply->body), reply->body.len);
    return;
  }
  struct pending *pending = pending_new(api, request, committed);
  keep_reply(pending, reply);
  message_receipts(api->care, channel, &list, pending_told, pending);
}

void receipt_handle(struct api *api, struct http_request *request) {
  char channel[64] = "";
  const char *from = request->path + strlen("/channels/"), *end = strchr(from, '/');
  if (!end || strcmp(end, "/receipt") || (size_t)(end - from) >= sizeof channel ||
      !api->engine.receipt) {
    http_respond_problem(request, 404, NULL);
    return;
  }
  memcpy(channel, from, (size_t)(end - from));
  struct api_callback callback = {request->method,  request->query,
                                  request->headers, request->header_count,
                                  request->body,    request->body_len};
  struct api_reply reply = {.status = 200};
  struct status status = {0};
  if (api->engine.receipt(api->engine.self, channel, &callback, &reply, &status))
    http_respond_problem(request, status.code == ERR_NOT_FOUND ? 404 : 500, status.text);
  else
    answer(api, request, channel, &reply);
  buf_deinit(&reply.body);
  buf_deinit(&reply.receipts);
}
