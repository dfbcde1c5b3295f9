#include "io/http_head.h"

#include <llhttp.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

// One header's places in the text while llhttp reads it.
struct span {
  char *name, *value;
  size_t name_len, value_len;
};

struct reading {
  struct http_head *head;
  struct span spans[HTTP_HEADERS_MAX];
  size_t count;
  char *target;
  size_t target_len;
  bool too_many;
  bool complete;
};

long http_head_scan(const char *bytes, size_t len, size_t *scanned) {
  for (size_t i = *scanned; i < len; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    char before = i ? bytes[i - 1] : '\n';
    if ((before == '\r') != (byte == '\n')) return -1;
    if (byte == '\n' && i >= 3 && bytes[i - 2] == '\n') return (long)i + 1;
    if (before == '\n' && (byte == ' ' || byte == '\t')) return -1;
    if (byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') return -1;
    if (byte == 0x7f) return -1;
    *scanned = i + 1;
  }
  return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t len) {
  struct reading *reading = parser->data;
  if (!reading->target)
    reading->target = reading->head->text + (at - reading->head->text);
  reading->target_len += len;
  return 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t len) {
  struct reading *reading = parser->data;
  if (reading->count == HTTP_HEADERS_MAX) {
    reading->too_many = true;
    return HPE_USER;
  }
  struct span *span = &reading->spans[reading->count];
  if (!span->name) span->name = reading->head->text + (at - reading->head->text);
  span->name_len += len;
  return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t len) {
  struct reading *reading = parser->data;
  struct span *span = &reading->spans[reading->count - 1];
  if (!span->value) span->value = reading->head->text + (at - reading->head->text);
  span->value_len = (size_t)(at + len - span->value);
  return 0;
}

static int on_name_complete(llhttp_t *parser) {
  struct reading *reading = parser->data;
  reading->count++;
  return 0;
}

static int on_headers_complete(llhttp_t *parser) {
  struct reading *reading = parser->data;
  struct http_head *head = reading->head;
  head->method = llhttp_method_name((llhttp_method_t)parser->method);
  head->keep_alive = llhttp_should_keep_alive(parser);
  head->old = parser->http_minor == 0;
  reading->complete = true;
  return 1;  // the body is not llhttp's business
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_name,
    .on_header_value = on_value,
    .on_header_field_complete = on_name_complete,
    .on_headers_complete = on_headers_complete,
};

static int refuse(const char **why, int status, const char *sentence) {
  *why = sentence;
  return status;
}

// llhttp places an empty value at the next line, where nothing may be cut.
static const char *span_cut(struct span *span) {
  span->name[span->name_len] = 0;
  if (!span->value_len) return "";
  while (span->value_len && strchr(" \t", span->value[span->value_len - 1]))
    span->value_len--;
  span->value[span->value_len] = 0;
  return span->value;
}

static void headers_take(struct http_head *head, struct reading *reading) {
  head->headers = mem_alloc((reading->count + 1) * sizeof *head->headers);
  for (size_t i = 0; i < reading->count; i++) {
    struct span *span = &reading->spans[i];
    head->headers[i].value = span_cut(span);
    head->headers[i].name = span->name;
  }
  head->header_count = reading->count;
  reading->target[reading->target_len] = 0;
  head->target = reading->target;
}

static size_t header_times(const struct http_head *head, const char *name) {
  size_t times = 0;
  for (size_t i = 0; i < head->header_count; i++)
    times += strcasecmp(head->headers[i].name, name) == 0;
  return times;
}

static bool length_read(struct http_head *head, const char *text) {
  size_t digits = strspn(text, "0123456789");
  if (!digits || text[digits] || digits > 18) return false;
  head->content_length = 0;
  for (; *text; text++) head->content_length = head->content_length * 10 + (*text - '0');
  return true;
}

// Who frames a body in two ways wants two readers to disagree.
static int framing_check(struct http_head *head, const char **why) {
  size_t lengths = header_times(head, "Content-Length");
  size_t encodings = header_times(head, "Transfer-Encoding");
  if (lengths + encodings > 1)
    return refuse(why, 400, "the body's length is stated more than once");
  const char *length =
      http_header_find(head->headers, head->header_count, "Content-Length");
  if (length && !length_read(head, length))
    return refuse(why, 400, "Content-Length is not a number");
  const char *encoding =
      http_header_find(head->headers, head->header_count, "Transfer-Encoding");
  if (!encoding) return 0;
  if (head->old) return refuse(why, 400, "HTTP/1.0 has no Transfer-Encoding");
  if (strcasecmp(encoding, "chunked") != 0)
    return refuse(why, 501, "Transfer-Encoding can only be chunked");
  head->chunked = true;
  return 0;
}

static int headers_check(struct http_head *head, const char **why) {
  for (size_t i = 0; i < head->header_count; i++)
    if (!http_token_valid(head->headers[i].name))
      return refuse(why, 400, "a header's name is not a token");
  size_t hosts = header_times(head, "Host");
  if (hosts > 1 || (!hosts && !head->old))
    return refuse(why, 400, "one Host header is needed");
  const char *expect = http_header_find(head->headers, head->header_count, "Expect");
  head->expects_continue =
      expect && !head->old && strcasecmp(expect, "100-continue") == 0;
  if (expect && !head->old && !head->expects_continue)
    return refuse(why, 417, "Expect can only be 100-continue");
  return framing_check(head, why);
}

// "http://host/path" is a target too; only the path counts here.
static int target_check(struct http_head *head, const char **why) {
  for (const char *at = head->target; *at; at++)
    if (*at <= 0x20 || *at >= 0x7f)
      return refuse(why, 400, "the target has bytes that must be percent-encoded");
  if (strcmp(head->method, "CONNECT") == 0)
    return refuse(why, 501, "this is not a proxy");
  if (strncasecmp(head->target, "http://", 7) == 0 ||
      strncasecmp(head->target, "https://", 8) == 0) {
    head->target = strstr(head->target, "//") + 2;
    head->target += strcspn(head->target, "/?");
  }
  return 0;
}

static int llhttp_refusal(const struct reading *reading, llhttp_errno_t error,
                          const char **why) {
  if (reading->too_many) return refuse(why, 431, "too many headers");
  if (error == HPE_INVALID_VERSION)
    return refuse(why, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  if (error == HPE_INVALID_METHOD) return refuse(why, 501, "unknown method");
  return refuse(why, 400, "this is not an HTTP request");
}

int http_head_parse(struct http_head *head, const char *bytes, size_t len,
                    const char **why) {
  *head = (struct http_head){.text = mem_copy_bytes(bytes, len), .content_length = -1};
  struct reading reading = {.head = head};
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &settings);
  parser.data = &reading;
  llhttp_errno_t error = llhttp_execute(&parser, head->text, len);
  if (!reading.complete) return llhttp_refusal(&reading, error, why);
  if (parser.http_major != 1 || parser.http_minor > 1)
    return refuse(why, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  headers_take(head, &reading);
  int refused = target_check(head, why);
  return refused ? refused : headers_check(head, why);
}

void http_head_deinit(struct http_head *head) {
  mem_free(head->headers);
  mem_free(head->text);
  *head = (struct http_head){0};
}
