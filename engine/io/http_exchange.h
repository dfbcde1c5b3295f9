// One call of the client and its curl handle. Private to this folder.
#pragma once

#include <curl/curl.h>

#include "base/buf.h"
#include "io/http_client.h"
#include "io/http_mail.h"

enum { ANSWER_HEAD_MAX = 65536, ANSWER_HEADERS_MAX = 256 };

struct http_host {
  char *key;                           // "https://host:443"
  struct http_exchange *first, *last;  // waiting
  unsigned running;                    //
  struct http_host *next;              //
};

struct http_exchange {
  struct http_host *host;
  struct http_exchange *next, *prev;  // in the host's queue or the client's running list
  void (*done)(void *ctx, const struct http_result *result);
  void *ctx;
  CURL *easy;  // NULL while queued
  char *method;
  char *url;
  struct curl_slist *headers;
  struct buf body;
  struct http_call limits;     // only its numbers and flags
  struct mail_exchange *mail;  // NULL: HTTP
  unsigned begun;              // times that curl came to the point of sending
  struct buf head;             // "name NUL value NUL" for each header of the answer
  size_t header_count;
  struct buf answer;
  const char *cut;  // why the answer was not taken to its end
  char error[CURL_ERROR_SIZE];
};

// NULL with the reason when the call is wrong; *host_key gets the heap text to queue it
// by.
struct http_exchange *http_exchange_new(const struct http_call *call, char **host_key,
                                        struct status *status);
void http_exchange_free(struct http_exchange *exchange);  // not its curl handle
void http_exchange_prepare(struct http_exchange *exchange, CURL *easy,
                           const struct http_client_config *config);
// Calls back with what curl says; code is CURLE_OK when it was answered.
void http_exchange_finish(struct http_exchange *exchange, CURLcode code);
