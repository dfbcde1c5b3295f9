#include "fhir/source.h"

#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "base/log.h"
#include "base/mem.h"

enum { FIRST_MS = 500, AGAIN_MS = 60000, CHECK_MS = 3600000 };

struct wish {  // one Subscription that should be there
  struct fhir_sources *sources;
  char *name, *url, *token, *hook_token, *criteria;  // owned
  char *known;      // its address at the other server; NULL: none yet. Owned
  int64_t next_ms;  // steady: when it is looked at
  bool busy, look;  // look: it is asked for, else made
  struct buf bearer, body, at, made;  // of the call on its way, and where it was made
  struct http_header headers[2];
  int status;
  bool off;  // it is there, and has been ended
};

struct fhir_sources {
  struct fhir *fhir;
  struct loop *loop;
  struct http_thread *client;
  struct loop_timer *timer;
  struct wish *wishes;
  uint32_t count;
  bool stopped;
};

static const char *key_of(const struct wish *wish, struct buf *out) {
  buf_printf(out, "fhir-from:%s:%s", wish->name, wish->criteria);
  return out->data;
}

static bool make_call(void *ctx, struct http_call *call) {
  struct wish *wish = ctx;
  wish->headers[0] = (struct http_header){"Authorization", buf_text(&wish->bearer)};
  wish->headers[1] = (struct http_header){"Content-Type", "application/fhir+json"};
  *call = (struct http_call){.method = wish->look ? "GET" : "POST",
                             .url = buf_text(&wish->at),
                             .headers = wish->headers,
                             .header_count = wish->look ? 1 : 2,
                             .body = buf_text(&wish->body),
                             .body_len = wish->look ? 0 : wish->body.len};
  return true;
}

// On the client's thread: what is of interest in the answer.
static void answered(void *ctx, const struct http_result *result) {
  struct wish *wish = ctx;
  struct buf bytes = {0};
  struct status status = {0};
  struct value resource;
  const char *location =
      http_header_find(result->headers, result->header_count, "Location");
  wish->status = result->outcome == HTTP_ANSWERED ? result->status : 0;
  buf_clear(&wish->made);
  buf_puts(&wish->made, location ? location : "");
  if (!value_from_json(&bytes, result->body, result->body_len, &status) &&
      value_read(bytes.data, bytes.len, &resource)) {
    struct value state = value_field(&resource, "status");
    wish->off = value_is(&state, "off");
  }
  buf_deinit(&bytes);
}

struct kept {
  char *key, *location;
};

static void apply(void *self, struct work *work) {
  const struct kept *kept = work->prepared;
  struct care *care = self;
  store_exec(care->store, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
             "tt", kept->key, kept->location);
}

static void release(void *self, struct work *work) {
  struct kept *kept = work->prepared;
  (void)self;
  mem_free(kept->key);
  mem_free(kept->location);
  mem_free(kept);
}

static void keep(struct wish *wish) {
  static const struct work_handler handler = {.apply = apply, .release = release};
  struct care *care = wish->sources->fhir->care;
  struct kept *kept = mem_alloc(sizeof *kept);
  struct buf key = {0};
  mem_free(wish->known);
  wish->known = mem_copy_text(buf_text(&wish->made));
  kept->key = mem_copy_text(key_of(wish, &key));
  kept->location = mem_copy_text(wish->known);
  buf_deinit(&key);
  kernel_post(care->kernel, 0, &handler, care, kept);
}

static void done(void *ctx) {
  struct wish *wish = ctx;
  bool good = wish->status >= 200 && wish->status < 300;
  bool gone =
      wish->look && (wish->status == 404 || wish->status == 410 || (good && wish->off));
  wish->busy = false;
  if (wish->sources->stopped) return;
  if (gone) {  // made again, at once
    mem_free(wish->known);
    wish->known = NULL;
  } else if (good && !wish->look) {
    log_line(LOG_LEVEL_INFO, "fhir.subscribed", "source=%s criteria=\"%s\"", wish->name,
             wish->criteria);
    keep(wish);
  } else if (!good) {
    log_line(LOG_LEVEL_WARN, "fhir.not-subscribed",
             "source=%s criteria=\"%s\" status=%d remedy=\"see its log; it is tried "
             "again every minute\"",
             wish->name, wish->criteria, wish->status);
  }
  wish->next_ms = loop_now(wish->sources->loop) + (gone ? 0 : good ? CHECK_MS : AGAIN_MS);
}

static void pair(struct json *json, const char *key, const char *text) {
  json_key(json, key);
  json_text(json, text);
}

static void put_subscription(struct wish *wish) {
  struct json json = {.out = &wish->body};
  struct buf url = {0}, header = {0};
  buf_printf(&url, "%s/hook/%s", buf_text(&wish->sources->fhir->base), wish->name);
  buf_printf(&header, "Authorization: Bearer %s", wish->hook_token);
  json_open(&json, '{');
  pair(&json, "resourceType", "Subscription");
  pair(&json, "status", "requested");
  pair(&json, "reason", "follow-up after the ward");
  pair(&json, "criteria", wish->criteria);
  json_key(&json, "channel");
  json_open(&json, '{');
  pair(&json, "type", "rest-hook");
  pair(&json, "endpoint", url.data);
  pair(&json, "payload", "application/fhir+json");
  json_key(&json, "header");
  json_open(&json, '[');
  json_text(&json, header.data);
  json_close(&json, ']');
  json_close(&json, '}');
  json_close(&json, '}');
  buf_deinit(&url);
  buf_deinit(&header);
}

static void ask(struct wish *wish) {
  static const struct http_errand errand = {make_call, answered, done};
  wish->busy = true;
  wish->look = wish->known != NULL;
  buf_clear(&wish->at);
  buf_clear(&wish->body);
  if (wish->look)
    buf_puts(&wish->at, wish->known);
  else
    buf_printf(&wish->at, "%s/Subscription", wish->url);
  if (!wish->look) put_subscription(wish);
  http_thread_send(wish->sources->client, &errand, wish);
}

static void tick(void *self) {
  struct fhir_sources *sources = self;
  if (sources->stopped) return;
  for (uint32_t i = 0; i < sources->count; i++)
    if (!sources->wishes[i].busy && sources->wishes[i].next_ms <= loop_now(sources->loop))
      ask(&sources->wishes[i]);
  loop_timer_arm(sources->timer, FIRST_MS);
}

static int read_text(const struct value *entry, const char *key, char **out,
                     struct status *status) {
  struct value field = value_field(entry, key);
  *out = field.kind == VALUE_TEXT && field.text.len ? value_copy_text(&field) : NULL;
  return *out ? OK : status_fail(status, ERR_INVALID, "%s is missing", key);
}

static int read_wish(struct wish *wish, const struct value *name,
                     const struct value *entry, const struct value *criteria,
                     struct status *status) {
  struct buf key = {0};
  wish->name = value_copy_text(name);
  wish->criteria = value_copy_text(criteria);
  if (read_text(entry, "url", &wish->url, status) ||
      read_text(entry, "token", &wish->token, status) ||
      read_text(entry, "hook_token", &wish->hook_token, status))
    return status->code;
  if (!wish->criteria)
    return status_fail(status, ERR_INVALID, "criteria must be texts such as \"Patient\"");
  buf_printf(&wish->bearer, "Bearer %s", wish->token);
  char *known =
      store_text(wish->sources->fhir->care->store, "SELECT value FROM meta WHERE key=?1",
                 "t", key_of(wish, &key));
  wish->known = known ? mem_copy_text(known) : NULL;
  free(known);
  buf_deinit(&key);
  return OK;
}

static int read_source(struct fhir_sources *sources, const struct value *name,
                       const struct value *entry, struct status *status) {
  struct value list = value_field(entry, "criteria"), criteria;
  struct value_iter iter = value_iterate(&list);
  if (!value_count(&list) || list.kind != VALUE_LIST)
    status_fail(status, ERR_INVALID, "criteria must be a list, such as { \"Patient\" }");
  while (!status->code && value_next(&iter, NULL, &criteria)) {
    sources->wishes =
        mem_resize(sources->wishes, (sources->count + 1) * sizeof *sources->wishes);
    struct wish *wish = &sources->wishes[sources->count++];
    *wish = (struct wish){.sources = sources};
    read_wish(wish, name, entry, &criteria, status);
  }
  return status->code ? status_prefix(status, "fhir.from.%.*s", (int)name->text.len,
                                      name->text.data)
                      : OK;
}

struct fhir_sources *fhir_sources_new(struct fhir *fhir, const struct value *from,
                                      struct loop *loop, struct http_thread *client,
                                      struct status *status) {
  struct value_iter iter = value_iterate(from);
  struct value name, entry;
  if (!value_count(from)) return NULL;
  struct fhir_sources *sources = mem_alloc(sizeof *sources);
  *sources = (struct fhir_sources){.fhir = fhir, .loop = loop, .client = client};
  while (!status->code && value_next(&iter, &name, &entry))
    read_source(sources, &name, &entry, status);
  sources->timer = loop_timer_new(loop, tick, sources);
  loop_timer_arm(sources->timer, FIRST_MS);
  return sources;
}

void fhir_sources_stop(struct fhir_sources *sources) {
  if (!sources || sources->stopped) return;
  sources->stopped = true;
  loop_timer_free(sources->timer);
}

static void wish_deinit(struct wish *wish) {
  char *owned[] = {wish->name,       wish->url,      wish->token,
                   wish->hook_token, wish->criteria, wish->known};
  struct buf *texts[] = {&wish->bearer, &wish->body, &wish->made, &wish->at};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) buf_deinit(texts[i]);
}

void fhir_sources_free(struct fhir_sources *sources) {
  if (!sources) return;
  fhir_sources_stop(sources);
  for (uint32_t i = 0; i < sources->count; i++) wish_deinit(&sources->wishes[i]);
  mem_free(sources->wishes);
  mem_free(sources);
}
