// One call to a subscriber.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "fhir/hook_parts.h"
#include "fhir/resource.h"

enum { SCANNED = 100, HEADERS = 8, FIRST_MS = 2000, LAST_MS = 600000, TRIES = 200 };

static bool matches(struct hook *hook, const struct subscription *subscription,
                    int64_t ref, struct json *json, struct fhir_seen *seen) {
  struct fhir *fhir = hook->hooks->fhir;
  struct stmt *row = store_query(
      fhir->care->store, subscription->type->by_id, "tiiittiiiiiiiit",
      subscription->caller->departments, kernel_now(fhir->care->kernel), ref, INT64_C(0),
      NULL, subscription->statuses, INT64_C(0), INT64_C(0), INT64_C(0), INT64_C(0),
      INT64_C(0), INT64_C(1), INT64_C(0), INT64_C(0), "");
  bool found = stmt_row(row) &&
               (!subscription->patient || stmt_int(row, 1) == subscription->patient);
  if (found)
    fhir_resource_put(fhir, subscription->type, row,
                      !caller_may(subscription->caller, SCOPE_CONTACTS), json, seen);
  stmt_done(row);
  return found;
}

static void make(struct hook *hook, const struct subscription *subscription,
                 const char *id) {
  buf_clear(&hook->url);
  buf_puts(&hook->url, subscription->endpoint);
  buf_clear(&hook->headers);
  buf_puts(&hook->headers, subscription->headers);
  hook->put = subscription->payload;
  if (hook->put) buf_printf(&hook->url, "/%s/%s", subscription->type->name, id);
}

// With a payload each change is told by itself; without, once for all that are there.
bool hook_fill(struct hook *hook, const struct subscription *subscription) {
  struct fhir *fhir = hook->hooks->fhir;
  struct json json = {.out = &hook->body};
  struct fhir_seen seen;
  bool found = false;
  int count = 0;
  buf_clear(&hook->body);
  hook->upto = hook->told;
  struct stmt *row = store_query(
      fhir->care->store,
      "SELECT id, ref FROM fhir_change WHERE type=?1 AND id>?2 ORDER BY id LIMIT ?3",
      "tii", subscription->type->name, hook->told, (int64_t)SCANNED);
  while (!(found && subscription->payload) && stmt_row(row)) {
    count++;
    hook->upto = stmt_int(row, 0);
    if (!matches(hook, subscription, stmt_int(row, 1),
                 subscription->payload ? &json : NULL, &seen))
      continue;
    if (!found) make(hook, subscription, seen.id);
    found = true;
  }
  stmt_done(row);
  if (!found) hook->told = hook->upto;
  if (!found && count == SCANNED) hook_keep(hook, NULL, NULL);
  return found;
}

// "Name: value" lines into headers that point into text, which is cut up.
static size_t read_headers(char *text, struct http_header *out, size_t room) {
  size_t count = 0;
  while (*text && count < room) {
    char *end = strchr(text, '\n'), *colon = strchr(text, ':');
    if (end) *end = '\0';
    if (colon && (!end || colon < end)) {
      *colon++ = '\0';
      while (*colon == ' ') colon++;
      out[count++] = (struct http_header){text, colon};
    }
    text = end ? end + 1 : text + strlen(text);
  }
  return count;
}

static bool make_call(void *ctx, struct http_call *call) {
  struct hook *hook = ctx;
  static const struct http_header type = {"Content-Type", "application/fhir+json"};
  struct http_header *headers = mem_alloc((HEADERS + 1) * sizeof *headers);
  size_t count =
      read_headers(hook->headers.len ? hook->headers.data : "", headers, HEADERS);
  if (hook->put) headers[count++] = type;
  hook->call_headers = headers;
  *call = (struct http_call){.method = hook->put ? "PUT" : "POST",
                             .url = buf_text(&hook->url),
                             .headers = headers,
                             .header_count = count,
                             .body = hook->put ? buf_text(&hook->body) : "",
                             .body_len = hook->put ? hook->body.len : 0,
                             .total_ms = 15000};
  return true;
}

static void answered(void *ctx, const struct http_result *result) {
  struct hook *hook = ctx;
  hook->status = result->outcome == HTTP_ANSWERED ? result->status : 0;
  if (hook->status)
    snprintf(hook->error, sizeof hook->error, "it answered %d", hook->status);
  else
    snprintf(hook->error, sizeof hook->error, "%s", result->error);
}

static int64_t pause_of(int failures) {
  int64_t ms = FIRST_MS;
  for (int i = 1; i < failures && ms < LAST_MS; i++) ms *= 2;
  return ms < LAST_MS ? ms : LAST_MS;
}

static void failed(struct hook *hook) {
  hook->failures++;
  hook->next_ms = loop_now(hook->hooks->loop) + pause_of(hook->failures);
  log_line(LOG_LEVEL_WARN, "fhir.hook-failed", "subscription=%lld tries=%d reason=\"%s\"",
           (long long)hook->subscription, hook->failures, hook->error);
  if (hook->failures >= TRIES)
    hook_keep(hook, "off", hook->error);
  else if (!hook->broken)
    hook_keep(hook, "error", hook->error);
}

static void done(void *ctx) {
  struct hook *hook = ctx;
  mem_free(hook->call_headers);
  hook->call_headers = NULL;
  hook->busy = false;
  if (hook->hooks->stopped) return;
  if (hook->status < 200 || hook->status >= 300) {
    failed(hook);
    return;
  }
  hook->told = hook->upto;
  hook->failures = 0;
  hook_keep(hook, "active", NULL);
}

void hook_send(struct hook *hook) {
  static const struct http_errand errand = {
      .make = make_call, .answered = answered, .done = done};
  hook->busy = true;
  hook->status = 0;
  http_thread_send(hook->hooks->client, &errand, hook);
}

struct kept {
  int64_t subscription, told;
  char *status, *error;
};

static void apply(void *self, struct work *work) {
  struct care *care = self;
  const struct kept *kept = work->prepared;
  store_exec(care->store,
             "UPDATE fhir_subscription SET told=max(told, ?2), status=iif(status='off',"
             " status, coalesce(?3, status)), error=iif(?3 IS NULL, error, ?4),"
             " updated_at=iif(?3 IS NULL OR ?3=status, updated_at, ?5) WHERE id=?1",
             "iitti", kept->subscription, kept->told, kept->status, kept->error,
             kernel_now(care->kernel));
  store_exec(care->store,
             "DELETE FROM fhir_change WHERE id<=(SELECT min(told) FROM fhir_subscription"
             " WHERE status<>'off')",
             "");
}

static void release(void *self, struct work *work) {
  struct kept *kept = work->prepared;
  (void)self;
  mem_free(kept->status);
  mem_free(kept->error);
  mem_free(kept);
}

void hook_keep(struct hook *hook, const char *status, const char *error) {
  static const struct work_handler handler = {.apply = apply, .release = release};
  struct care *care = hook->hooks->fhir->care;
  struct kept *kept = mem_alloc(sizeof *kept);
  *kept =
      (struct kept){hook->subscription, hook->told, status ? mem_copy_text(status) : NULL,
                    error ? mem_copy_text(error) : NULL};
  if (status && !strcmp(status, "off")) hook->next_ms = INT64_MAX;
  kernel_post(care->kernel, 0, &handler, care, kept);
}
