#include "api/reviews.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/pending.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/event_check.h"
#include "care/mapping.h"

enum { SECRET_LEAST = 16, SKEW_SECONDS = 300 };

int reviews_check(const struct value *settings, struct status *status) {
  struct value list = value_field(settings, "reviews"), name, entry;
  struct value_iter iter = value_iterate(&list);
  while (value_next(&iter, &name, &entry)) {
    struct value secret = value_field(&entry, "secret");
    if (secret.kind != VALUE_TEXT || secret.text.len < SECRET_LEAST)
      return status_fail(status, ERR_INVALID,
                         "reviews.%.*s: give { secret = … } of at least %d characters",
                         (int)name.text.len, name.text.data, SECRET_LEAST);
  }
  return OK;
}

// --- who sends it

static struct value secret_of(struct api *api, const char *name) {
  const struct buf *settings = &api->care->site->settings;
  struct value all;
  value_read(buf_text(settings), settings->len, &all);
  struct value list = value_field(&all, "reviews"), entry = value_field(&list, name);
  return value_field(&entry, "secret");
}

static const char *header(const struct http_request *request, const char *name) {
  const char *text = http_header_find(request->headers, request->header_count, name);
  return text ? text : "";
}

// Why it is not taken, or NULL.
static const char *doubt(struct api *api, const struct http_request *request,
                         const struct value *secret) {
  const char *time = header(request, "Afterward-Time"),
             *given = header(request, "Afterward-Signature");
  int64_t away = strtoll(time, NULL, 10) - kernel_now(api->care->kernel) / 1000;
  struct buf told = {0};
  char right[65];
  buf_printf(&told, "%s.", time);
  buf_put(&told, request->body, request->body_len);
  digest_hmac_sha256(secret->text.data, secret->text.len, told.data, told.len, right);
  bool same = digest_equal(right, 64, given, strlen(given));
  buf_deinit(&told);
  if (!same)
    return "Afterward-Signature is not the HMAC-SHA256, in hex, of \"<Afterward-Time>"
           ".<body>\" under the secret of this name";
  if (away > SKEW_SECONDS || away < -SKEW_SECONDS)
    return "Afterward-Time is over 5 minutes away from the hospital's clock: send "
           "seconds "
           "since 1970, of now";
  return NULL;
}

// --- what it says

static void put_item(const struct value *review, struct buf *out) {
  struct merge item = {0};
  struct value name = value_field(review, "name"), stars = value_field(review, "stars"),
               text = value_field(review, "text"), ward = value_field(review, "ward");
  merge_text(&item, "channel", "review");
  merge_value(&item, "stars", &stars);
  merge_value(&item, "text", &text);
  merge_value(&item, "ward", &ward);
  if (name.kind != VALUE_NIL) {
    struct buf sender = {0};
    struct mapping map = mapping_begin(&sender);
    mapping_value(&map, "name", &name);
    mapping_end(&map);
    merge_encoded(&item, "sender", &sender);
    buf_deinit(&sender);
  }
  merge_end(&item, out);
}

static void put_event(const struct value *review, struct buf *out) {
  struct merge event = {0};
  struct buf item = {0};
  struct value id = value_field(review, "id"), at = value_field(review, "at");
  put_item(review, &item);
  merge_value(&event, "at", &at);
  merge_value(&event, "id", &id);
  merge_text(&event, "kind", "feedback");
  merge_encoded(&event, "item", &item);
  merge_end(&event, out);
  buf_deinit(&item);
}

static void on_taken(struct pending *pending, const struct value *result) {
  static const struct http_header json = {"Content-Type", "application/json"};
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail"),
               number = value_field(result, "number");
  int code = (int)value_int_or(&status, 500);
  struct buf out = {0};
  if (code >= 300) {
    char *why = value_copy_text(&detail);
    http_respond_problem(pending->request, code, why ? why : "it was not taken");
    mem_free(why);
    return;
  }
  buf_printf(&out, "{\"number\":\"%.*s\"}", (int)number.text.len,
             number.kind == VALUE_TEXT ? number.text.data : "");
  http_respond(pending->request, 202, &json, 1, out.data, out.len);
  buf_deinit(&out);
}

static void take_in(struct api *api, struct http_request *request, const char *name,
                    const struct value *review) {
  struct buf event = {0}, clean = {0}, source = {0};
  struct status status = {0};
  struct value view, id = value_field(review, "id"), text = value_field(review, "text");
  put_event(review, &event);
  value_read(event.data, event.len, &view);
  if (text.kind != VALUE_TEXT || !text.text.len) {
    http_respond_problem(request, 422, "field \"text\" is missing: what was written");
  } else if (event_check(&view, api->care->measures, &clean, &status)) {
    http_respond_problem(request, 422, status.text);
  } else {
    char *own = value_copy_text(&id);
    buf_printf(&source, "review:%s", name);
    pending_submit(pending_new(api, request, on_taken), source.data, own, "event",
                   &clean);
    mem_free(own);
  }
  buf_deinit(&source);
  buf_deinit(&clean);
  buf_deinit(&event);
}

void reviews_handle(struct api *api, struct http_request *request) {
  const char *name = request->path + strlen("/reviews/");
  struct value secret = secret_of(api, name), review;
  struct buf body = {0};
  struct status status = {0};
  const char *why;
  if (secret.kind != VALUE_TEXT)
    http_respond_problem(request, 404, "no platform of this name is configured");
  else if (strcmp(request->method, "POST") != 0)
    http_respond_problem(request, 405, "reviews are posted");
  else if ((why = doubt(api, request, &secret)) != NULL)
    http_respond_problem(request, 401, why);
  else if (value_from_json(&body, request->body, request->body_len, &status))
    http_respond_problem(request, 400, status.text);
  else if (value_read(body.data, body.len, &review) && review.kind == VALUE_MAP)
    take_in(api, request, name, &review);
  else
    http_respond_problem(request, 422, "the body must be a JSON object");
  buf_deinit(&body);
}
