// Mail by the same client: calls to smtp:// and smtps://. Private to this folder.
#pragma once

#include <curl/curl.h>

#include "io/http_client.h"

struct http_exchange;

struct mail_exchange {  // of one call, beside what http_exchange has
  char *from;           // "<a@b>"
  struct curl_slist *to;
  char *user, *password;  // NULL: no login
  enum http_mail_tls tls;
  size_t given;     // bytes of the body that curl has taken
  struct buf last;  // the server's newest line, but for its goodbye
};

// False with the reason when an address has bytes that no address has: they could end the
// command it stands in.
bool mail_exchange_valid(const struct http_mail *mail, struct status *status);
struct mail_exchange *mail_exchange_new(const struct http_mail *mail);
void mail_exchange_free(struct mail_exchange *mail);  // may be NULL
void mail_exchange_prepare(struct http_exchange *exchange, CURL *easy);
// Once curl is done with it: the connection takes no other mail. curl would say goodbye
// and wait for the answer, and everything on this thread with it.
void mail_exchange_end(CURL *easy);
// What curl's code and the server's status mean: a refusal is an answer; what broke off
// once the body was on its way may have arrived.
enum http_outcome mail_exchange_outcome(const struct http_exchange *exchange,
                                        CURLcode code, long status);
