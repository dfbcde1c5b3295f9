#include "io/http_answer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/utf8.h"

const char *http_status_phrase(int status) {
  static const struct {
    int status;
    const char *phrase;
  } table[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {423, "Locked"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (table[i].status == status) return table[i].phrase;
  return "Answer";
}

static bool is_framing(const char *name) {
  static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Connection",
                                      "Date"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcasecmp(name, names[i]) == 0) return true;
  return false;
}

static bool headers_valid(const struct http_answer *answer) {
  for (size_t i = 0; i < answer->header_count; i++)
    if (!http_header_valid(&answer->headers[i])) return false;
  return true;
}

static void header_put(struct buf *out, const char *name, const char *value) {
  buf_puts(out, name);
  buf_put(out, ": ", 2);
  buf_puts(out, value);
  buf_put(out, "\r\n", 2);
}

static void number_put(struct buf *out, size_t number) {
  char digits[24];
  int count = snprintf(digits, sizeof digits, "%zu", number);
  buf_put(out, digits, (size_t)count);
}

static void framing_put(struct buf *out, const struct http_answer *answer, bool empty) {
  if (answer->date) header_put(out, "Date", answer->date);
  if (answer->close)
    header_put(out, "Connection", "close");
  else if (answer->keep)
    header_put(out, "Connection", "keep-alive");
  if (!empty) {
    buf_puts(out, "Content-Length: ");
    number_put(out, answer->len);
    buf_put(out, "\r\n", 2);
  }
  buf_put(out, "\r\n", 2);
}

void http_answer_put(struct buf *out, const struct http_answer *answer) {
  struct http_answer failed = {
      .status = 500, .date = answer->date, .close = answer->close, .keep = answer->keep};
  if (!headers_valid(answer)) answer = &failed;
  bool empty = answer->status == 204 || answer->status == 304;
  buf_reserve(out, answer->len + 256);
  buf_puts(out, "HTTP/1.1 ");
  number_put(out, (size_t)answer->status);
  buf_putc(out, ' ');
  buf_puts(out, http_status_phrase(answer->status));
  buf_put(out, "\r\n", 2);
  for (size_t i = 0; i < answer->header_count; i++)
    if (!is_framing(answer->headers[i].name))
      header_put(out, answer->headers[i].name, answer->headers[i].value);
  framing_put(out, answer, empty);
  if (!empty && !answer->bodiless) buf_put(out, answer->body, answer->len);
}

static void json_text_put(struct buf *out, const char *text, size_t most) {
  size_t len = strnlen(text, most);
  for (size_t at = 0, took; at < len; at += took) {
    took = utf8_char(text + at, len - at);
    unsigned char byte = (unsigned char)text[at];
    if (!took) {
      buf_puts(out, "\\ufffd");
      took = 1;
    } else if (byte < 0x20) {
      buf_printf(out, "\\u%04x", byte);
    } else {
      if (byte == '"' || byte == '\\') buf_putc(out, '\\');
      buf_put(out, text + at, took);
    }
  }
}

void http_problem_put(struct buf *out, int status, const char *detail) {
  buf_printf(out, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d",
             http_status_phrase(status), status);
  if (detail) {
    buf_puts(out, ",\"detail\":\"");
    json_text_put(out, detail, 500);
    buf_putc(out, '"');
  }
  buf_puts(out, "}\n");
}

void http_date_of(int64_t seconds, char *out, size_t size) {
  static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t moment = (time_t)seconds;
  struct tm at;
  gmtime_r(&moment, &at);
  snprintf(out, size, "%s, %02d %s %d %02d:%02d:%02d GMT", days[at.tm_wday], at.tm_mday,
           months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
}

void http_date_put(char *out, size_t size) { http_date_of(time(NULL), out, size); }
