#include "io/http_multi.h"

#include "base/mem.h"

struct watch {
  uv_poll_t poll;
  curl_socket_t socket;
  struct http_multi *multi;
};

static void multi_act(struct http_multi *multi, curl_socket_t socket, int what) {
  int running;
  curl_multi_socket_action(multi->curl, socket, what, &running);
  multi->progressed(multi->ctx);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  struct watch *watch = poll->data;
  int what = status < 0 ? CURL_CSELECT_ERR : 0;
  if (events & UV_READABLE) what |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) what |= CURL_CSELECT_OUT;
  multi_act(watch->multi, watch->socket, what);
}

static void on_timer(uv_timer_t *timer) {
  multi_act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_watch_closed(uv_handle_t *handle) { mem_free(handle->data); }

static void on_timer_closed(uv_handle_t *handle) { mem_free(handle); }

static struct watch *watch_new(struct http_multi *multi, curl_socket_t socket) {
  struct watch *watch = mem_alloc(sizeof *watch);
  if (uv_poll_init_socket(multi->uv, &watch->poll, socket) != 0) {
    mem_free(watch);
    return NULL;
  }
  watch->poll.data = watch;
  watch->socket = socket;
  watch->multi = multi;
  curl_multi_assign(multi->curl, socket, watch);
  return watch;
}

static int on_socket(CURL *easy, curl_socket_t socket, int wanted, void *ctx,
                     void *known) {
  struct http_multi *multi = ctx;
  struct watch *watch = known;
  (void)easy;
  if (wanted == CURL_POLL_REMOVE) {
    if (watch) uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
    curl_multi_assign(multi->curl, socket, NULL);
    return 0;
  }
  if (!watch && !(watch = watch_new(multi, socket))) return -1;
  int events = (wanted & CURL_POLL_IN ? UV_READABLE : 0) |
               (wanted & CURL_POLL_OUT ? UV_WRITABLE : 0);
  uv_poll_start(&watch->poll, events, on_poll);
  return 0;
}

static int on_timeout(CURLM *curl, long ms, void *ctx) {
  struct http_multi *multi = ctx;
  (void)curl;
  if (ms < 0)
    uv_timer_stop(multi->timer);
  else
    uv_timer_start(multi->timer, on_timer, (uint64_t)ms, 0);
  return 0;
}

void http_multi_init(struct http_multi *multi, uv_loop_t *uv,
                     void (*progressed)(void *ctx), void *ctx) {
  *multi = (struct http_multi){.uv = uv, .progressed = progressed, .ctx = ctx};
  multi->timer = mem_alloc(sizeof *multi->timer);
  uv_timer_init(uv, multi->timer);
  multi->timer->data = multi;
  multi->curl = curl_multi_init();
  curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
  curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, on_timeout);
  curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
}

void http_multi_deinit(struct http_multi *multi) {
  curl_multi_cleanup(multi->curl);
  uv_close((uv_handle_t *)multi->timer, on_timer_closed);
}
