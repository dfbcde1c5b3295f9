#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include "api/call.h"
#include "api/callback.h"
#include "api/page.h"
#include "api/pending.h"
#include "api/probe.h"
#include "api/read_forecast.h"
#include "api/read_summary.h"
#include "api/reviews.h"
#include "base/log.h"
#include "base/mem.h"

enum {  // bytes of a body
  CALL_BYTES = 8 * 1024 * 1024,
  RECEIPT_BYTES = 1024 * 1024,
  STRANGER_BYTES = 128 * 1024
};

// WARD 11: who looked a patient up is kept before they see it.
static int apply_audit(void *self, struct inbox_row *row, struct status *status) {
  struct value actor = value_field(&row->body, "actor"),
               action = value_field(&row->body, "action"),
               detail = value_field(&row->body, "detail"),
               objects = value_field(&row->body, "objects"), object;
  char *actor_text = value_copy_text(&actor), *action_text = value_copy_text(&action),
       *detail_text = value_copy_text(&detail);
  struct value_iter iter = value_iterate(&objects);
  (void)status;
  while (value_next(&iter, NULL, &object)) {
    char *text = value_copy_text(&object);
    care_audit(self, actor_text ? actor_text : "", action_text ? action_text : "",
               text ? text : "", detail_text);
    mem_free(text);
  }
  mem_free(actor_text);
  mem_free(action_text);
  mem_free(detail_text);
  return OK;
}

int api_init(struct api *api, struct care *care, struct status *status) {
  static const struct inbox_handler audit = {.kind = "audit", .apply = apply_audit};
  struct value settings;
  *api = (struct api){.care = care};
  value_read(buf_text(&care->site->settings), care->site->settings.len, &settings);
  if (reviews_check(&settings, status) || tokens_read(&api->tokens, &settings, status) ||
      keys_load(care->store, &api->keys, status)) {
    tokens_deinit(&api->tokens);
    return status->code;
  }
  api->rate = mem_alloc(sizeof *api->rate);
  rate_init(api->rate);
  kernel_handle_inbox(care->kernel, &audit, care);
  page_handlers(api);
  return OK;
}

void api_deinit(struct api *api) {
  read_summary_stop(api);
  read_forecast_stop(api);
  pending_stop(api);
  tokens_deinit(&api->tokens);
  mem_free(api->rate);
  buf_deinit(&api->wards);
  *api = (struct api){0};
}

static bool begins(const char *path, const char *with) {
  size_t len = strlen(with);
  return strncmp(path, with, len) == 0 && (!path[len] || path[len] == '/');
}

// Most calls are small: whose they are is asked once, when they are served.
static bool is_small(const struct http_request *request) {
  const char *length =
      http_header_find(request->headers, request->header_count, "Content-Length");
  return length && strtoll(length, NULL, 10) <= STRANGER_BYTES;
}

static bool is_mounted(const struct api *api, const char *path) {
  return api->mount.prefix && begins(path, api->mount.prefix);
}

// Calls of who has a token.
static bool is_call(const struct api *api, const char *path) {
  return begins(path, "/api") || is_mounted(api, path);
}

struct http_room api_room(void *self, const struct http_request *request) {
  struct api *api = self;
  struct http_room room = page_room(api, request);
  if (room.bytes) return room;
  room.bytes = STRANGER_BYTES;
  if (is_small(request)) return room;
  const char *authorization =
      http_header_find(request->headers, request->header_count, "Authorization");
  if (strncmp(request->path, "/channels/", 10) == 0)
    room.bytes = RECEIPT_BYTES;
  else if (is_call(api, request->path) && tokens_find(&api->tokens, authorization))
    room.bytes = CALL_BYTES;
  else if (is_call(api, request->path))
    room.unknown = tokens_refusal(authorization);
  return room;
}

struct http_prepared *api_prepare(void *self, const struct http_request *request) {
  const struct api *api = self;
  if (is_mounted(api, request->path)) return api->mount.prepare(api->mount.self, request);
  return begins(request->path, "/api") ? call_read(self, request) : NULL;
}

const char *api_problem(void *self, const char *path, int status, const char *why,
                        struct buf *out) {
  const struct api *api = self;
  return is_mounted(api, path) ? api->mount.problem(status, why, out) : NULL;
}

void api_refuse(struct api *api, struct http_request *request, int status,
                const char *why) {
  struct buf body = {0};
  const char *type = api_problem(api, request->path, status, why, &body);
  if (type)
    http_respond(request, status, &(struct http_header){"Content-Type", type}, 1,
                 body.data, body.len);
  else
    http_respond_problem(request, status, why);
  buf_deinit(&body);
}

void api_read_begin(struct api *api) { api->reading = store_failures(api->care->store); }

bool api_read_failed(const struct api *api) {
  return api->reading != store_failures(api->care->store);
}

bool api_unread(struct api *api, struct http_request *request) {
  if (!api_read_failed(api)) return false;
  log_line(LOG_LEVEL_ERROR, "api.read-failed", "path=%s", request->path);
  http_respond_problem(request, 500, "the database could not be read; the log says why");
  return true;
}

void api_handle(void *self, struct http_request *request) {
  struct api *api = self;
  api_read_begin(api);
  if (request->prepared && is_mounted(api, request->path))
    api->mount.handle(api->mount.self, request);
  else if (request->prepared)
    call_handle(request);
  else if (begins(request->path, "/f") || begins(request->path, "/feedback") ||
           begins(request->path, "/case") || begins(request->path, "/said") ||
           strcmp(request->path, "/") == 0)
    page_handle(api, request);
  else if (strncmp(request->path, "/channels/", 10) == 0)
    callback_handle(api, request);
  else if (strncmp(request->path, "/reviews/", 9) == 0)
    reviews_handle(api, request);
  else if (strcmp(request->path, "/healthz") == 0)
    probe_health(api, request);
  else if (strcmp(request->path, "/metrics") == 0)
    probe_metrics(api, request);
  else
    http_respond_problem(request, 404, NULL);
}
