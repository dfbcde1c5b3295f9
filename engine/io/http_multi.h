// curl's multi interface on the loop: its sockets and its timer. Private to this folder.
#pragma once

#include <curl/curl.h>
#include <uv.h>

struct http_multi {
  CURLM *curl;
  uv_loop_t *uv;
  uv_timer_t *timer;              // heap: outlives the rest until it is closed
  void (*progressed)(void *ctx);  // called after curl did something; look for messages
  void *ctx;
};

void http_multi_init(struct http_multi *multi, uv_loop_t *uv,
                     void (*progressed)(void *ctx), void *ctx);
void http_multi_deinit(struct http_multi *multi);  // no handle may be in it any more
