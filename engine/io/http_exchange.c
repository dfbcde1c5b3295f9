#include "io/http_exchange.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

static bool is_safe(const struct http_exchange *exchange) {
  const char *method = exchange->method;
  return !exchange->limits.once &&
         (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);
}

// curl sends again by itself when a kept connection turns out to be dead. Asking twice is
// harmless for most GETs; for the rest the caller must hear that the first may have
// arrived.
static int on_begin(void *ctx, char *to, char *from, int to_port, int from_port) {
  struct http_exchange *exchange = ctx;
  long redirects = 0;
  (void)to, (void)from, (void)to_port, (void)from_port;
  curl_easy_getinfo(exchange->easy, CURLINFO_REDIRECT_COUNT, &redirects);
  bool again = exchange->begun > (unsigned)redirects;
  if (again && !is_safe(exchange)) {
    exchange->cut = "the connection was lost after the request was sent";
    return CURL_PREREQFUNC_ABORT;
  }
  exchange->begun += !again;
  return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx) {
  struct http_exchange *exchange = ctx;
  size_t len = size * count;
  if (len > exchange->limits.max_body - exchange->answer.len) {
    exchange->cut = "the answer is longer than this call allows";
    return 0;
  }
  buf_put(&exchange->answer, bytes, len);
  return len;
}

static void header_keep(struct http_exchange *exchange, const char *line, size_t len) {
  const char *colon = memchr(line, ':', len);
  if (!colon || memchr(line, 0, len)) return;
  const char *value = colon + 1, *end = line + len;
  while (value < end && strchr(" \t", *value)) value++;
  while (end > value && strchr("\r\n \t", end[-1])) end--;
  buf_put(&exchange->head, line, (size_t)(colon - line));
  buf_putc(&exchange->head, 0);
  buf_put(&exchange->head, value, (size_t)(end - value));
  buf_putc(&exchange->head, 0);
  exchange->header_count++;
}

static size_t on_header(char *line, size_t size, size_t count, void *ctx) {
  struct http_exchange *exchange = ctx;
  size_t len = size * count;
  if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {  // of a redirect or a 100 before
    buf_clear(&exchange->head);
    exchange->header_count = 0;
    return len;
  }
  if (exchange->head.len + len > ANSWER_HEAD_MAX ||
      exchange->header_count >= ANSWER_HEADERS_MAX) {
    exchange->cut = "the answer's headers are too long";
    return 0;
  }
  header_keep(exchange, line, len);
  return len;
}

static bool call_check(const struct http_call *call, struct status *status) {
  if (!http_token_valid(call->method) || strcmp(call->method, "CONNECT") == 0) {
    status_fail(status, ERR_INVALID,
                "method: '%.40s' is not one; use GET, POST or another", call->method);
    return false;
  }
  for (size_t i = 0; i < call->header_count; i++)
    if (!http_header_valid(&call->headers[i])) {
      status_fail(
          status, ERR_INVALID,
          "headers: '%.80s' has a line end or a control byte in its name or value; "
          "take it out",
          call->headers[i].name);
      return false;
    }
  return !call->mail || mail_exchange_valid(call->mail, status);
}

static bool is_scheme(const char *scheme, bool mail) {
  return mail ? strcmp(scheme, "smtp") == 0 || strcmp(scheme, "smtps") == 0
              : strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
}

static char *key_of(CURLU *url, bool mail) {
  char *scheme = NULL, *host = NULL, *port = NULL;
  struct buf key = {0};
  if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
      is_scheme(scheme, mail) &&
      curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
      curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
    buf_printf(&key, "%s://%s:%s", scheme, host, port);
  curl_free(scheme);
  curl_free(host);
  curl_free(port);
  return key.data;
}

static char *host_key(const char *text, bool mail, struct status *status) {
  CURLU *url = curl_url();
  char *key = NULL;
  if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) key = key_of(url, mail);
  curl_url_cleanup(url);
  if (!key)
    status_fail(status, ERR_INVALID,
                "url: '%.200s' is not a whole %s address; write one like %s://host/path",
                text, mail ? "smtp or smtps" : "http or https", mail ? "smtp" : "https");
  return key;
}

static struct curl_slist *header_add(struct curl_slist *list, const char *name,
                                     const char *between, const char *value) {
  struct buf line = {0};
  buf_printf(&line, "%s%s%s", name, between, value);
  list = curl_slist_append(list, line.data);
  buf_deinit(&line);
  return list;
}

// curl adds some headers by itself unless told not to ("Name:" without a value).
static struct curl_slist *headers_list(const struct http_call *call) {
  struct curl_slist *list = header_add(NULL, "Expect", ":", "");
  if (!http_header_find(call->headers, call->header_count, "Content-Type"))
    list = header_add(list, "Content-Type", ":", "");
  for (size_t i = 0; i < call->header_count; i++) {
    const struct http_header *header = &call->headers[i];
    list = header_add(list, header->name, header->value[0] ? ": " : ";", header->value);
  }
  return list;
}

static void limits_set(struct http_call *limits, const struct http_call *call) {
  limits->connect_ms = call->connect_ms > 0 ? call->connect_ms : 10000;
  limits->total_ms = call->total_ms > 0 ? call->total_ms : 30000;
  limits->max_body = call->max_body ? call->max_body : 1024 * 1024;
  limits->follow = call->follow;
  limits->once = call->once;
}

struct http_exchange *http_exchange_new(const struct http_call *call, char **key,
                                        struct status *status) {
  if (!call_check(call, status)) return NULL;
  *key = host_key(call->url, call->mail != NULL, status);
  if (!*key) return NULL;
  struct http_exchange *exchange = mem_alloc(sizeof *exchange);
  exchange->method = mem_copy_text(call->method);
  exchange->url = mem_copy_text(call->url);
  exchange->headers = headers_list(call);
  buf_put(&exchange->body, call->body, call->body_len);
  limits_set(&exchange->limits, call);
  if (call->mail) exchange->mail = mail_exchange_new(call->mail);
  return exchange;
}

void http_exchange_free(struct http_exchange *exchange) {
  curl_slist_free_all(exchange->headers);
  mail_exchange_free(exchange->mail);
  mem_free(exchange->method);
  mem_free(exchange->url);
  buf_deinit(&exchange->body);
  buf_deinit(&exchange->head);
  buf_deinit(&exchange->answer);
  mem_free(exchange);
}

static void prepare_method(struct http_exchange *exchange, CURL *easy) {
  const char *method = exchange->method;
  bool post = strcmp(method, "POST") == 0, get = strcmp(method, "GET") == 0;
  bool carries = post || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
  if (carries || exchange->body.len) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buf_text(&exchange->body));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body.len);
    if (!post) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
  } else if (strcmp(method, "HEAD") == 0) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (!get) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
  }
}

static void prepare_callbacks(struct http_exchange *exchange, CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_begin);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
}

static void prepare_limits(struct http_exchange *exchange, CURL *easy) {
  const struct http_call *limits = &exchange->limits;
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)limits->total_ms);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, limits->follow ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT,
                   1L);  // else a cancelled look-up is waited for
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 55L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

void http_exchange_prepare(struct http_exchange *exchange, CURL *easy,
                           const struct http_client_config *config) {
  exchange->easy = easy;
  curl_easy_setopt(easy, CURLOPT_URL, exchange->url);
  if (!exchange->mail) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, config->user_agent);
  curl_easy_setopt(easy, CURLOPT_PROXY, config->proxy ? config->proxy : "");
  if (config->ca_file) curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
  if (!exchange->mail) prepare_method(exchange, easy);
  prepare_callbacks(exchange, easy);
  prepare_limits(exchange, easy);
  if (exchange->mail) mail_exchange_prepare(exchange, easy);
}

static void headers_point(const struct http_exchange *exchange,
                          struct http_header *headers) {
  const char *at = buf_text(&exchange->head);
  for (size_t i = 0; i < exchange->header_count; i++) {
    headers[i].name = at;
    headers[i].value = at + strlen(at) + 1;
    at = headers[i].value + strlen(headers[i].value) + 1;
  }
}

static const char *error_text(const struct http_exchange *exchange, CURLcode code) {
  if (code == CURLE_OK) return "";
  if (exchange->cut) return exchange->cut;
  return exchange->error[0] ? exchange->error : curl_easy_strerror(code);
}

static enum http_outcome outcome_of(const struct http_exchange *exchange, CURLcode code,
                                    long status) {
  if (exchange->mail) return mail_exchange_outcome(exchange, code, status);
  if (code == CURLE_OK) return HTTP_ANSWERED;
  return exchange->begun ? HTTP_AMBIGUOUS : HTTP_NOT_SENT;
}

void http_exchange_finish(struct http_exchange *exchange, CURLcode code) {
  struct http_header headers[ANSWER_HEADERS_MAX];
  long status = 0;
  if (exchange->easy) curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
  headers_point(exchange, headers);
  const struct buf *answer = exchange->mail ? &exchange->mail->last : &exchange->answer;
  struct http_result result = {
      .outcome = outcome_of(exchange, code, status),
      .status = (int)status,
      .body = buf_text(answer),
      .body_len = answer->len,
      .headers = headers,
      .header_count = exchange->header_count,
      .error = error_text(exchange, code),
  };
  exchange->done(exchange->ctx, &result);
}
