#include "io/http_mail.h"

#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "io/http_exchange.h"

static bool is_address(const char *text) {
  if (!text || !*text) return false;
  for (; *text; text++)
    if ((unsigned char)*text <= ' ' || *text == '<' || *text == '>' || *text == 0x7f)
      return false;
  return true;
}

bool mail_exchange_valid(const struct http_mail *mail, struct status *status) {
  bool good = mail->to_count > 0 && is_address(mail->from);
  for (size_t i = 0; i < mail->to_count; i++) good = good && is_address(mail->to[i]);
  if (!good)
    status_fail(status, ERR_INVALID,
                "mail: from and to must be addresses such as name@example.org");
  return good;
}

static char *bracketed(const char *address) {
  struct buf text = {0};
  buf_printf(&text, "<%s>", address);
  return buf_take(&text);
}

struct mail_exchange *mail_exchange_new(const struct http_mail *mail) {
  struct mail_exchange *out = mem_alloc(sizeof *out);
  out->from = bracketed(mail->from);
  for (size_t i = 0; i < mail->to_count; i++) {
    char *to = bracketed(mail->to[i]);
    out->to = curl_slist_append(out->to, to);
    mem_free(to);
  }
  if (mail->user && mail->user[0]) {
    out->user = mem_copy_text(mail->user);
    out->password = mem_copy_text(mail->password ? mail->password : "");
  }
  out->tls = mail->tls;
  return out;
}

void mail_exchange_free(struct mail_exchange *mail) {
  if (!mail) return;
  curl_slist_free_all(mail->to);
  if (mail->password) explicit_bzero(mail->password, strlen(mail->password));
  mem_free(mail->from);
  mem_free(mail->user);
  mem_free(mail->password);
  buf_deinit(&mail->last);
  mem_free(mail);
}

static size_t on_read(char *out, size_t size, size_t count, void *ctx) {
  struct http_exchange *exchange = ctx;
  struct mail_exchange *mail = exchange->mail;
  size_t left = exchange->body.len - mail->given;
  size_t len = left < size * count ? left : size * count;
  if (len) memcpy(out, exchange->body.data + mail->given, len);
  mail->given += len;
  return len;
}

static size_t on_line(char *line, size_t size, size_t count, void *ctx) {
  struct mail_exchange *mail = ((struct http_exchange *)ctx)->mail;
  size_t len = size * count;
  if (len >= 4 && memcmp(line, "221 ", 4) == 0) return len;  // goodbye says nothing
  buf_clear(&mail->last);
  buf_put(&mail->last, line, len < 1000 ? len : 1000);
  return len;
}

void mail_exchange_prepare(struct http_exchange *exchange, CURL *easy) {
  struct mail_exchange *mail = exchange->mail;
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail->from);
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, mail->to);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)exchange->body.len);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_line);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
  curl_easy_setopt(
      easy, CURLOPT_USE_SSL,
      (long)(mail->tls == HTTP_MAIL_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!mail->user) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, mail->user);
  curl_easy_setopt(easy, CURLOPT_PASSWORD, mail->password);
}

enum http_outcome mail_exchange_outcome(const struct http_exchange *exchange,
                                        CURLcode code, long status) {
  if (code == CURLE_OK) return HTTP_ANSWERED;
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED)
    return HTTP_WRONG;
  if (status >= 400) return HTTP_ANSWERED;
  return exchange->mail->given ? HTTP_AMBIGUOUS : HTTP_NOT_SENT;
}

void mail_exchange_end(CURL *easy) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
  if (socket != CURL_SOCKET_BAD) shutdown(socket, SHUT_RDWR);
}
