#include "api/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/iso.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "io/http_answer.h"

static const struct http_header json_type = {"Content-Type", "application/json"};
static const struct http_header no_store = {"Cache-Control", "no-store"};

// An empty list, or a 404, would say that there is nothing.
bool call_unread(struct call *call) {
  if (!api_unread(call->api, call->request)) return false;
  call->request = NULL;
  return true;
}

void call_send(struct call *call, int status, const struct buf *json, const char *etag) {
  if (call_unread(call)) return;
  struct http_header headers[3] = {json_type, no_store, {"ETag", etag}};
  http_respond(call->request, status, headers, etag ? 3 : 2, buf_text(json), json->len);
  call->request = NULL;
}

void call_refuse(struct call *call, int status, const char *format, ...) {
  va_list args;
  call->refusal.status = status;
  va_start(args, format);
  buf_vprintf(&call->refusal.detail, format, args);
  va_end(args);
}

void call_problem(struct call *call, int status, const char *format, ...) {
  char text[512];
  va_list args;
  if (status < 500 && call_unread(call)) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  http_respond_problem(call->request, status, text);
  call->request = NULL;
}

const char *call_filter(struct call *call, const char *name, bool *bad) {
  const char *text = http_form_get(&call->query, name);
  if (*bad || !text || !*text) return NULL;
  if (strlen(text) <= CALL_TEXT && utf8_valid(text, strlen(text))) return text;
  *bad = true;
  call_problem(call, 400, "%s: must be UTF-8 text of at most %d bytes", name, CALL_TEXT);
  return NULL;
}

static bool holds_word(const char *words, const char *word, struct nearest *nearest) {
  for (size_t len; *words; words += len + (words[len] == ' ')) {
    len = strcspn(words, " ");
    if (strlen(word) == len && memcmp(words, word, len) == 0) return true;
    nearest_offer(nearest, words, len);
  }
  return false;
}

const char *call_filter_word(struct call *call, const char *name, const char *words,
                             bool *bad) {
  const char *text = call_filter(call, name, bad);
  struct nearest nearest;
  if (!text) return NULL;
  nearest_start(&nearest, text, strlen(text));
  if (holds_word(words, text, &nearest)) return text;
  *bad = true;
  if (nearest.best)
    call_problem(call, 400, "%s: must be one of %s; did you mean \"%.*s\"?", name, words,
                 (int)nearest.best_len, nearest.best);
  else
    call_problem(call, 400, "%s: must be one of %s", name, words);
  return NULL;
}

int64_t call_filter_time(struct call *call, const char *name, bool *bad) {
  const char *text = call_filter(call, name, bad);
  struct status status = {0};
  int64_t at = 0;
  if (*bad || !text) return 0;
  if (!iso_parse(text, care_site_zone(call->care), &at, &status)) return at;
  *bad = true;
  call_problem(call, 400, "%s: %s", name, status.text);
  return 0;
}

int64_t call_filter_id(struct call *call, const char *name, char kind, bool *bad) {
  const char *text = call_filter(call, name, bad);
  if (!text) return 0;
  int64_t row = public_id_parse(call->api->keys.public_id, kind, text);
  if (row) return row;
  *bad = true;
  call_problem(call, 400,
               "%s: is no id of the kind '%c'; take one from an answer of this API", name,
               kind);
  return 0;
}

int64_t call_row(struct call *call, int segment, char kind) {
  return public_id_parse(call->api->keys.public_id, kind, call->segments[segment]);
}

void call_put_id(struct call *call, struct json *json, const char *key, char kind,
                 int64_t row) {
  char id[PUBLIC_ID_SIZE];
  json_key(json, key);
  if (!row) {
    json_null(json);
    return;
  }
  public_id_format(call->api->keys.public_id, kind, row, id);
  json_text(json, id);
}

static void put_value(struct json *json, struct stmt *row, int column) {
  size_t len;
  const char *bytes = stmt_bytes(row, column, &len);
  struct value value = {0};
  if (bytes) value_read(bytes, len, &value);
  json_value(json, &value);
}

static bool is_span(const char *name) {
  size_t len = strlen(name);
  return len > 3 && strcmp(name + len - 3, "_ms") == 0;
}

static void put_day(struct call *call, struct json *json, int64_t at) {
  char when[ISO_SIZE];
  iso_format(at, care_site_zone(call->care), when);
  when[10] = '\0';
  json_text(json, when);
}

static void put_column(struct call *call, struct json *json, struct stmt *row, int column,
                       const char *name, const char *type) {
  if (type[0] == '@') {
    bool hidden = call->masked && type[1] == 'p';
    call_put_id(call, json, name, type[1], hidden ? 0 : stmt_int(row, column));
    return;
  }
  json_key(json, name);
  if (stmt_null(row, column) || (call->coarse && is_span(name)))
    json_null(json);
  else if (type[0] == 'z' && call->coarse)
    put_day(call, json, stmt_int(row, column));
  else if (type[0] == 'i')
    json_int(json, stmt_int(row, column));
  else if (type[0] == 'z')
    json_time(json, stmt_int(row, column), care_site_zone(call->care));
  else if (type[0] == 'b')
    json_bool(json, stmt_int(row, column) != 0);
  else if (type[0] == 'v')
    put_value(json, row, column);
  else
    json_text(json, stmt_text(row, column));
}

void call_put_fields(struct call *call, struct json *json, struct stmt *row,
                     const char *spec) {
  char name[32];
  for (int column = 0; *spec; column++) {
    size_t len = strcspn(spec, ":");
    snprintf(name, sizeof name, "%.*s", (int)len, spec);
    spec += len + 1;
    put_column(call, json, row, column, name, spec);
    spec += strcspn(spec, " ");
    if (*spec) spec++;
  }
}

void call_put_row(struct call *call, struct json *json, struct stmt *row,
                  const char *spec) {
  json_open(json, '{');
  call_put_fields(call, json, row, spec);
  json_close(json, '}');
}

bool list_begin(struct list *list, struct call *call, char kind) {
  bool bad = false;
  const char *limit = call_filter(call, "limit", &bad);
  *list = (struct list){.call = call, .kind = kind, .limit = LIST_USUAL};
  if (!bad) list->after = call_filter_id(call, "after", kind, &bad);
  if (bad) return false;
  if (limit) {
    list->limit = strspn(limit, "0123456789") == strlen(limit) && strlen(limit) < 6
                      ? strtol(limit, NULL, 10)
                      : 0;
    if (list->limit < 1 || list->limit > LIST_MOST) {
      call_problem(call, 400, "limit: must be a number from 1 to %d", LIST_MOST);
      return false;
    }
  }
  list->json.out = &list->out;
  json_open(&list->json, '{');
  json_key(&list->json, "items");
  json_open(&list->json, '[');
  return true;
}

bool list_row(struct list *list, struct stmt *row) {
  if (!stmt_row(row)) return false;
  if (list->count == list->limit) return list->more = true, false;
  list->count++;
  list->last = stmt_int(row, 0);
  return true;
}

void list_close(struct list *list) {
  json_close(&list->json, ']');
  if (list->more) call_put_id(list->call, &list->json, "next", list->kind, list->last);
  json_key(&list->json, "at");
  json_time(&list->json, kernel_now(list->call->care->kernel),
            care_site_zone(list->call->care));
  json_close(&list->json, '}');
}

void list_deinit(struct list *list) { buf_deinit(&list->out); }

void list_end(struct list *list) {
  list_close(list);
  call_send(list->call, 200, &list->out, NULL);
  list_deinit(list);
}
