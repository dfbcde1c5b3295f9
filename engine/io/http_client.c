#include "io/http_client.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "io/http_exchange.h"
#include "io/http_multi.h"

enum { SPARE_MAX = 64 };

struct http_client {
  struct http_client_config config;
  struct http_multi multi;
  struct http_host *hosts;        // with work; the first is served next
  struct http_exchange *running;  //
  size_t running_count, waiting_count;
  CURL *spare[SPARE_MAX];  // handles to use again
  size_t spare_count;
  bool calling_back, closing;
};

static void client_pump(struct http_client *client);

static struct http_host *host_find(struct http_client *client, const char *key) {
  struct http_host *host = client->hosts;
  while (host && strcmp(host->key, key) != 0) host = host->next;
  return host;
}

// Takes the key.
static struct http_host *host_take(struct http_client *client, char *key) {
  struct http_host *host = host_find(client, key);
  if (host) {
    mem_free(key);
    return host;
  }
  host = mem_alloc(sizeof *host);
  host->key = key;
  host->next = client->hosts;
  client->hosts = host;
  return host;
}

static void host_unlink(struct http_client *client, struct http_host *host) {
  struct http_host **at = &client->hosts;
  while (*at != host) at = &(*at)->next;
  *at = host->next;
  host->next = NULL;
}

// To the end of the line, so that a busy host does not keep the others waiting.
static void host_rotate(struct http_client *client, struct http_host *host) {
  host_unlink(client, host);
  struct http_host **at = &client->hosts;
  while (*at) at = &(*at)->next;
  *at = host;
}

static void host_drop_if_unused(struct http_client *client, struct http_host *host) {
  if (host->first || host->running) return;
  host_unlink(client, host);
  mem_free(host->key);
  mem_free(host);
}

static void queue_put(struct http_client *client, struct http_exchange *exchange) {
  struct http_host *host = exchange->host;
  exchange->prev = host->last;
  if (host->last)
    host->last->next = exchange;
  else
    host->first = exchange;
  host->last = exchange;
  client->waiting_count++;
}

static void queue_unlink(struct http_client *client, struct http_exchange *exchange) {
  struct http_host *host = exchange->host;
  if (exchange->prev)
    exchange->prev->next = exchange->next;
  else
    host->first = exchange->next;
  if (exchange->next)
    exchange->next->prev = exchange->prev;
  else
    host->last = exchange->prev;
  exchange->next = exchange->prev = NULL;
  client->waiting_count--;
}

static void running_put(struct http_client *client, struct http_exchange *exchange) {
  exchange->next = client->running;
  if (exchange->next) exchange->next->prev = exchange;
  client->running = exchange;
  client->running_count++;
  exchange->host->running++;
}

static void running_unlink(struct http_client *client, struct http_exchange *exchange) {
  if (exchange->prev)
    exchange->prev->next = exchange->next;
  else
    client->running = exchange->next;
  if (exchange->next) exchange->next->prev = exchange->prev;
  client->running_count--;
  exchange->host->running--;
}

static CURL *easy_take(struct http_client *client) {
  if (client->spare_count) return client->spare[--client->spare_count];
  CURL *easy = curl_easy_init();
  assert(easy);
  return easy;
}

static void easy_give(struct http_client *client, CURL *easy) {
  curl_easy_reset(easy);
  if (client->spare_count < SPARE_MAX)
    client->spare[client->spare_count++] = easy;
  else
    curl_easy_cleanup(easy);
}

static void exchange_start(struct http_client *client, struct http_exchange *exchange) {
  queue_unlink(client, exchange);
  running_put(client, exchange);
  http_exchange_prepare(exchange, easy_take(client), &client->config);
  CURLMcode added = curl_multi_add_handle(client->multi.curl, exchange->easy);
  assert(added == CURLM_OK);
  (void)added;
}

static struct http_exchange *next_to_start(struct http_client *client) {
  if (client->running_count >= client->config.connections) return NULL;
  for (struct http_host *host = client->hosts; host; host = host->next)
    if (host->first && host->running < client->config.per_host) return host->first;
  return NULL;
}

// curl slows down when it is given more than it can have on the way.
static void client_pump(struct http_client *client) {
  struct http_exchange *exchange;
  while ((exchange = next_to_start(client))) {
    host_rotate(client, exchange->host);
    exchange_start(client, exchange);
  }
}

// Takes it out of every list; what is left is the exchange and, for info, its handle.
static void exchange_detach(struct http_client *client, struct http_exchange *exchange) {
  if (exchange->easy) {
    curl_multi_remove_handle(client->multi.curl, exchange->easy);
    running_unlink(client, exchange);
  } else {
    queue_unlink(client, exchange);
  }
  host_drop_if_unused(client, exchange->host);
}

static void exchange_drop(struct http_client *client, struct http_exchange *exchange) {
  if (exchange->easy) easy_give(client, exchange->easy);
  http_exchange_free(exchange);
}

static void exchange_end(struct http_client *client, struct http_exchange *exchange,
                         CURLcode code) {
  if (exchange->mail && exchange->easy) mail_exchange_end(exchange->easy);
  exchange_detach(client, exchange);
  client->calling_back = true;
  http_exchange_finish(exchange, code);
  client->calling_back = false;
  exchange_drop(client, exchange);
}

static void on_progress(void *ctx) {
  struct http_client *client = ctx;
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(client->multi.curl, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result;
    struct http_exchange *exchange = NULL;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
    exchange_end(client, exchange, code);
  }
  client_pump(client);
}

struct http_client *http_client_new(struct loop *loop,
                                    const struct http_client_config *config) {
  struct http_client *client = mem_alloc(sizeof *client);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  client->config.connections = config->connections ? config->connections : 64;
  client->config.per_host = config->per_host ? config->per_host : 16;
  client->config.ca_file = mem_copy_text(config->ca_file);
  client->config.proxy = mem_copy_text(config->proxy);
  client->config.user_agent =
      mem_copy_text(config->user_agent ? config->user_agent : "afterward");
  http_multi_init(&client->multi, loop_uv(loop), on_progress, client);
  curl_multi_setopt(client->multi.curl, CURLMOPT_MAXCONNECTS,
                    (long)client->config.connections);
  return client;
}

static void exchange_cut(struct http_client *client, struct http_exchange *exchange) {
  exchange->cut = "the client was closed";
  exchange_end(client, exchange, CURLE_ABORTED_BY_CALLBACK);
}

void http_client_free(struct http_client *client) {
  if (!client) return;
  assert(!client->calling_back);
  client->closing = true;
  while (client->running) exchange_cut(client, client->running);
  while (client->hosts) exchange_cut(client, client->hosts->first);
  while (client->spare_count) curl_easy_cleanup(client->spare[--client->spare_count]);
  http_multi_deinit(&client->multi);
  mem_free((char *)client->config.ca_file);
  mem_free((char *)client->config.proxy);
  mem_free((char *)client->config.user_agent);
  mem_free(client);
  curl_global_cleanup();
}

struct http_exchange *http_client_send(struct http_client *client,
                                       const struct http_call *call,
                                       void (*done)(void *ctx,
                                                    const struct http_result *result),
                                       void *ctx, struct status *status) {
  char *key;
  if (client->closing) {
    status_fail(status, ERR_CONFLICT,
                "the client is closing; call again after a restart");
    return NULL;
  }
  struct http_exchange *exchange = http_exchange_new(call, &key, status);
  if (!exchange) return NULL;
  exchange->host = host_take(client, key);
  exchange->done = done;
  exchange->ctx = ctx;
  queue_put(client, exchange);
  if (!client->calling_back) client_pump(client);
  return exchange;
}

void http_client_cancel(struct http_client *client, struct http_exchange *exchange) {
  exchange_detach(client, exchange);
  exchange_drop(client, exchange);
  if (!client->calling_back) client_pump(client);
}

size_t http_client_load(const struct http_client *client) {
  return client->running_count + client->waiting_count;
}
