#include "api/callback.h"

#include <string.h>

#include "api/pending.h"
#include "base/bind_link.h"
#include "base/mem.h"
#include "care/dial.h"
#include "care/inbound.h"

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

static void refuse(struct pending *pending, int code, const struct value *detail) {
  char *why = value_copy_text(detail);
  http_respond_problem(pending->request, code,
                       why ? why : "it could not be written; send it again later");
  mem_free(why);
}

static void committed(struct pending *pending, const struct value *result) {
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail");
  int64_t code = value_int_or(&status, 500);
  const char *type = pending->text.data;
  size_t body = strlen(type) + 1;
  if (code >= 300)
    refuse(pending, (int)code, &detail);
  else
    respond(pending->request, pending->row, type, pending->text.data + body,
            pending->text.len - body);
}

// What is kept goes into the inbox; the last of it to be committed, in the order of the
// inbox, answers.
static void answer(struct api *api, struct http_request *request, const char *channel,
                   const struct api_reply *reply) {
  const struct {
    const struct buf *list;
    void (*take)(struct care *care, const char *channel, const struct value *list,
                 inbox_done *done, void *self);
  } kept[] = {{&reply->receipts, message_receipts},
              {&reply->inbound, inbound_take},
              {&reply->calls, dial_heard}};
  enum { KINDS = sizeof kept / sizeof *kept };
  struct value lists[KINDS];
  int last = -1;
  for (int i = 0; i < KINDS; i++)
    if (value_read(buf_text(kept[i].list), kept[i].list->len, &lists[i])) last = i;
  if (last < 0) {
    respond(request, reply->status, reply->type, buf_text(&reply->body), reply->body.len);
    return;
  }
  struct pending *pending = pending_new(api, request, committed);
  keep_reply(pending, reply);
  for (int i = 0; i <= last; i++)
    if (kept[i].list->len)
      kept[i].take(api->care, channel, &lists[i], i == last ? pending_told : NULL,
                   pending);
}

static bool read_path(const char *path, char *channel, size_t size, bool *inbound) {
  const char *from = path + strlen("/channels/"), *end = strchr(from, '/');
  if (!end || (size_t)(end - from) >= size) return false;
  memcpy(channel, from, (size_t)(end - from));
  channel[end - from] = '\0';
  *inbound = strcmp(end, "/inbound") == 0;
  return *inbound || strcmp(end, "/receipt") == 0;
}

// The page that binds an account to a patient, where pages are served at all.
static void allow_binding(struct api *api, const char *channel,
                          struct api_callback *callback, char key[BIND_KEY_SIZE],
                          struct buf *url) {
  const char *base = api->care->site->base_url;
  if (!callback->inbound || !base || !*base) return;
  bind_key(api->keys.link, channel, key);
  buf_printf(url, "%s/f/bind", base);
  callback->bind_key = key;
  callback->bind_url = url->data;
}

void callback_handle(struct api *api, struct http_request *request) {
  char channel[64];
  struct api_callback callback = {.peer = request->peer,
                                  .method = request->method,
                                  .query = request->query,
                                  .headers = request->headers,
                                  .header_count = request->header_count,
                                  .body = request->body,
                                  .body_len = request->body_len};
  if (!read_path(request->path, channel, sizeof channel, &callback.inbound) ||
      !api->engine.callback) {
    http_respond_problem(request, 404, NULL);
    return;
  }
  struct api_reply reply = {.status = 200};
  struct status status = {0};
  struct buf url = {0};
  char key[BIND_KEY_SIZE];
  allow_binding(api, channel, &callback, key, &url);
  if (api->engine.callback(api->engine.self, channel, &callback, &reply, &status))
    http_respond_problem(request, status.code == ERR_NOT_FOUND ? 404 : 500, status.text);
  else
    answer(api, request, channel, &reply);
  buf_deinit(&url);
  buf_deinit(&reply.body);
  buf_deinit(&reply.receipts);
  buf_deinit(&reply.inbound);
  buf_deinit(&reply.calls);
}
