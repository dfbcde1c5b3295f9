// What is asked of every request before it gets to its interaction.
#include "fhir/ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "fhir/outcome.h"

enum { OPEN = 0, KNOWN = 1 << 16 };  // of what anybody may ask, and anybody known

struct fhir_route {
  const char *method, *path;  // "*" stands for a type or an id
  unsigned scope, may;        // what the caller needs, and what the type allows
  void (*handle)(struct fhir_ask *ask);
  enum { NOTHING, RESOURCE, FORM } body;
};

static const struct fhir_route routes[] = {
    {"POST", "", KNOWN, 0, fhir_bundle, RESOURCE},
    {"GET", "metadata", OPEN, 0, fhir_metadata, NOTHING},
    {"POST", "Subscription", SCOPE_READ, 0, fhir_write, RESOURCE},
    {"PUT", "Subscription/*", SCOPE_READ, 0, fhir_write, RESOURCE},
    {"PUT", "hook/*/*/*", SCOPE_EVENTS, FHIR_CREATE, fhir_write, RESOURCE},
    {"GET", "*", SCOPE_READ, 0, fhir_search, NOTHING},
    {"POST", "*/_search", SCOPE_READ, 0, fhir_search, FORM},
    {"POST", "*", SCOPE_EVENTS, FHIR_CREATE, fhir_write, RESOURCE},
    {"PUT", "*", SCOPE_EVENTS, FHIR_UPDATE | FHIR_NUMBERED, fhir_write, RESOURCE},
    {"GET", "*/*", SCOPE_READ, 0, fhir_read, NOTHING},
    {"PUT", "*/*", SCOPE_EVENTS, FHIR_UPDATE, fhir_write, RESOURCE},
};
enum { ROUTES = sizeof routes / sizeof *routes };

void fhir_refuse(struct fhir_ask *ask, int status, const char *format, ...) {
  va_list args;
  ask->refusal.status = status;
  va_start(args, format);
  buf_vprintf(&ask->refusal.detail, format, args);
  va_end(args);
}

const char *fhir_ask_header(const struct fhir_ask *ask, const char *name) {
  return http_header_find(ask->request->headers, ask->request->header_count, name);
}

bool fhir_lenient(const struct fhir_ask *ask) {
  const char *prefer = fhir_ask_header(ask, "Prefer");
  return prefer && strstr(prefer, "handling=lenient");
}

static bool split(struct fhir_ask *ask) {
  static const char prefix[] = "/fhir";
  const char *path = ask->request->path + sizeof prefix - 1;
  for (int i = 0; i < FHIR_SEGMENTS; i++) ask->segments[i] = "";
  if (strlen(path) >= sizeof ask->path) return false;
  snprintf(ask->path, sizeof ask->path, "%s", *path ? path + 1 : "");
  for (char *at = ask->path; at && *at;) {
    char *slash = strchr(at, '/');
    if (slash) *slash = '\0';
    if (ask->segment_count == FHIR_SEGMENTS || !*at) return false;
    ask->segments[ask->segment_count++] = at;
    at = slash ? slash + 1 : NULL;
  }
  return true;
}

static bool matches(const struct fhir_ask *ask, const char *path) {
  int at = 0;
  for (; *path; at++) {
    size_t len = strcspn(path, "/");
    if (at == ask->segment_count) return false;
    bool any = *path == '*';
    if (!any &&
        (strlen(ask->segments[at]) != len || memcmp(ask->segments[at], path, len)))
      return false;
    if (any && at == (ask->hooked ? 2 : 0) && !ask->type) return false;
    path += len + (path[len] == '/');
  }
  return at == ask->segment_count;
}

static bool is_method(const struct fhir_ask *ask, const char *method) {
  const char *asked = ask->request->method;
  return !strcmp(asked, method) || (!strcmp(asked, "HEAD") && !strcmp(method, "GET"));
}

static bool is_allowed(const struct fhir_ask *ask, const struct fhir_route *route) {
  return !ask->type || (ask->type->may & route->may) == route->may;
}

static const struct fhir_route *find(struct fhir_ask *ask, struct buf *allow) {
  for (int i = 0; i < ROUTES; i++) {
    if (!matches(ask, routes[i].path) || !is_allowed(ask, &routes[i])) continue;
    if (is_method(ask, routes[i].method)) return &routes[i];
    buf_printf(allow, "%s%s", allow->len ? ", " : "",
               strcmp(routes[i].method, "GET") ? routes[i].method : "GET, HEAD");
  }
  return NULL;
}

// What this server speaks, among the types of a header; absent: it does.
static bool speaks(const char *types) {
  static const char *const known[] = {
      "application/fhir+json", "application/json", "*/*",
      "application/*",         "text/json",        "json"};
  if (!types || !*types) return true;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strstr(types, known[i])) return true;
  return false;
}

static bool admit(struct fhir_ask *ask) {
  const char *authorization = fhir_ask_header(ask, "Authorization");
  if (ask->route->scope == OPEN) return true;
  ask->caller = tokens_find(&ask->fhir->api->tokens, authorization);
  if (!ask->caller) {
    fhir_refuse(ask, 401, "%s", tokens_refusal(authorization));
    ask->refusal.header =
        (struct http_header){"WWW-Authenticate", "Bearer realm=\"afterward\""};
  } else if (ask->route->scope != KNOWN && !caller_may(ask->caller, ask->route->scope)) {
    fhir_refuse(ask, 403, "this token has not the scope that this needs: %s",
                ask->route->scope == SCOPE_READ ? "read" : "events");
  }
  return !ask->refusal.status;
}

// The message of the inbox that a resource becomes is deeper than it, and values have a
// limit (base/value.h).
enum { DEEPEST = VALUE_DEPTH - 8 };

static int depth_of(const struct value *value) {
  struct value_iter iter = value_iterate(value);
  struct value item;
  int deepest = 0;
  while (value_next(&iter, NULL, &item)) {
    int depth = 1 + depth_of(&item);
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

static void read_body(struct fhir_ask *ask) {
  const struct http_request *request = ask->request;
  const char *type = fhir_ask_header(ask, "Content-Type");
  struct status status = {0};
  if (!type || (strncasecmp(type, "application/fhir+json", 21) &&
                strncasecmp(type, "application/json", 16)))
    fhir_refuse(ask, 415, "send the body as application/fhir+json");
  else if (value_from_json(&ask->body_bytes, request->body, request->body_len, &status))
    fhir_refuse(ask, 400, "%s", status.text);
  else if (!value_read(ask->body_bytes.data, ask->body_bytes.len, &ask->body) ||
           ask->body.kind != VALUE_MAP)
    fhir_refuse(ask, 400, "the body must be one resource, a JSON object");
  else if (depth_of(&ask->body) > DEEPEST)
    fhir_refuse(ask, 400, "the body is nested too deeply: %d levels are taken", DEEPEST);
}

// Of the address; of a search that is posted, of the body too.
static void put_query(struct fhir_ask *ask, struct buf *out) {
  const char *type = fhir_ask_header(ask, "Content-Type");
  buf_puts(out, ask->request->query);
  if (ask->route->body != FORM || !ask->request->body_len) return;
  if (!type || strncasecmp(type, "application/x-www-form-urlencoded", 33))
    fhir_refuse(ask, 415, "send the search as application/x-www-form-urlencoded");
  buf_putc(out, '&');
  buf_put(out, ask->request->body, ask->request->body_len);
}

static void read_query(struct fhir_ask *ask) {
  struct buf query = {0};
  struct status status = {0};
  const char *format;
  put_query(ask, &query);
  if (!ask->refusal.status &&
      http_form_parse(&ask->query, buf_text(&query), query.len, &status))
    fhir_refuse(ask, 400, "query: %s", status.text);
  buf_deinit(&query);
  if (ask->refusal.status) return;
  format = http_form_get(&ask->query, "_format");
  if (!speaks(format ? format : fhir_ask_header(ask, "Accept")))
    fhir_refuse(ask, 406, "this server speaks application/fhir+json only");
}

// FHIR's history, of all, of a type, of one, or one version, and its operations: what
// would else pass for an id.
static bool beyond(const struct fhir_ask *ask) {
  for (int i = 0; i < ask->segment_count && !ask->hooked; i++)
    if (*ask->segments[i] == '$' || !strcmp(ask->segments[i], "_history")) return true;
  return false;
}

static void find_route(struct fhir_ask *ask) {
  struct buf *allow = &ask->refusal.allow;
  bool whole = split(ask);
  ask->hooked = whole && !strcmp(ask->segments[0], "hook");
  const char *name = ask->segments[ask->hooked ? 2 : 0];
  if (whole) ask->type = fhir_type_find(name, strlen(name));
  ask->route = whole ? find(ask, allow) : NULL;
  if (ask->route && !beyond(ask)) return;
  if (whole && beyond(ask)) {
    fhir_refuse(ask, 501,
                "%s is not offered: no older versions are kept, and no operations known",
                ask->segments[ask->segment_count - 1]);
  } else if (allow->len) {
    fhir_refuse(ask, 405, "%s of %s is not supported here", ask->request->method,
                ask->type ? ask->type->name : "this");
    ask->refusal.header = (struct http_header){"Allow", allow->data};
  } else {
    fhir_refuse(ask, 404,
                "there is nothing at this address; GET %s/metadata says what "
                "there is",
                buf_text(&ask->fhir->base));
  }
}

struct http_prepared *fhir_ask_read(void *fhir, const struct http_request *request) {
  struct fhir_ask *ask = mem_alloc(sizeof *ask);
  ask->prepared.free = (void (*)(struct http_prepared *))fhir_ask_free;
  ask->fhir = fhir;
  ask->request = (struct http_request *)request;
  find_route(ask);
  if (!ask->refusal.status && admit(ask)) read_query(ask);
  if (!ask->refusal.status && ask->route->body == RESOURCE) read_body(ask);
  return &ask->prepared;
}

void fhir_ask_free(struct fhir_ask *ask) {
  http_form_deinit(&ask->query);
  buf_deinit(&ask->body_bytes);
  buf_deinit(&ask->refusal.allow);
  buf_deinit(&ask->refusal.detail);
  mem_free(ask);
}

void fhir_ask_handle(void *fhir, struct http_request *request) {
  struct fhir_ask *ask = (struct fhir_ask *)request->prepared;
  (void)fhir;
  request->prepared = NULL;  // the request may be gone before the ask
  if (ask->refusal.status) {
    ask->fhir->api->unauthorized += ask->refusal.status == 401;
    fhir_problem(ask, ask->refusal.status, "%s", buf_text(&ask->refusal.detail));
    fhir_ask_free(ask);
  } else {
    ask->route->handle(ask);  // frees it, now or when it is answered
  }
}
