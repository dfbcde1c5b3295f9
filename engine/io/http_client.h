// The HTTP client: asks over kept connections, a stated number at a time, and says of
// every failure whether the request may have been sent.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "io/http_header.h"
#include "io/loop.h"

struct http_client;
struct http_exchange;  // a call on its way; valid until its callback

struct http_client_config {
  unsigned connections;    // in all; 0 means 64
  unsigned per_host;       // to one scheme, host and port; 0 means 16
  const char *ca_file;     // certificates to trust; NULL means the system's
  const char *proxy;       // NULL means none, whatever the environment says
  const char *user_agent;  // NULL means "afterward"
};

enum http_mail_tls { HTTP_MAIL_PLAIN, HTTP_MAIL_STARTTLS };

struct http_mail {  // envelope and login of a call to smtp:// or smtps://
  const char *from;
  const char *const *to;
  size_t to_count;
  const char *user, *password;  // user NULL or "": no login
  enum http_mail_tls tls;       // STARTTLS: nothing is said without; smtps:// has it
};

struct http_call {     // all of it is copied
  const char *method;  // "POST"
  const char *url;     // http or https; with mail smtp or smtps, its path our EHLO name
  const struct http_mail *mail;  // NULL: HTTP. body is then the whole mail, lines by CRLF
  const struct http_header *headers;
  size_t header_count;
  const void *body;
  size_t body_len;
  int64_t connect_ms;  // until connected and, for https, secured; 0 means 10 s
  int64_t total_ms;    // from leaving the queue to the whole answer; 0 means 30 s
  size_t max_body;     // a longer answer is cut off and ambiguous; 0 means 1 MiB
  bool follow;         // up to 5 redirects
  bool once;           // a GET, too, does something: it is never asked twice
};

enum http_outcome {
  HTTP_ANSWERED,   // the whole answer is here, whatever its status
  HTTP_NOT_SENT,   // no byte of the request left: safe to try again
  HTTP_AMBIGUOUS,  // it may have been sent and done; there is no whole answer
  HTTP_WRONG       // the call itself is wrong, as error says (http_thread.h)
};

struct http_result {  // borrowed during the callback
  enum http_outcome outcome;
  int status;        // 0 when none came; of mail the code of SMTP's last reply
  const char *body;  // followed by a NUL, never NULL; what came of it when ambiguous
  size_t body_len;
  const struct http_header *headers;  // of the last answer; see http_header_find
  size_t header_count;
  const char *error;  // a sentence; "" when answered
};

struct http_client *http_client_new(struct loop *loop,
                                    const struct http_client_config *config);
// Queued and running calls are first called back (HTTP_NOT_SENT or HTTP_AMBIGUOUS). Not
// from a callback. Sockets close as the loop goes on.
void http_client_free(struct http_client *client);

// Queues a call; done is called once, from the loop or http_client_free, never before
// this returns. NULL with the reason when the call itself is wrong; done is then never
// called.
struct http_exchange *http_client_send(struct http_client *client,
                                       const struct http_call *call,
                                       void (*done)(void *ctx,
                                                    const struct http_result *result),
                                       void *ctx, struct status *status);
// Drops a call whose callback has not begun; done is not called. It may have been sent.
void http_client_cancel(struct http_client *client, struct http_exchange *exchange);
size_t http_client_load(const struct http_client *client);  // calls queued and running
