#include "io/tcp.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/mem.h"

enum { BACKLOG = 128, ROOM = 16384, END_MS = 5000 };

struct tcp_listener {
  uv_tcp_t uv;
  struct tcp_listen how;  // peers points to the copy
  struct http_nets peers;
  struct tcp_stream *streams;  // that came in here and are open
  unsigned open;
  size_t refused;
};

struct tcp_stream {
  uv_tcp_t uv;
  uv_timer_t deadline;  // of an end
  uv_connect_t connect;
  uv_shutdown_t shutdown;
  struct tcp_listener *listener;    // NULL: called, or the listener is gone
  struct tcp_stream *next, **self;  // among the listener's
  const struct tcp_stream_calls *calls;
  void *ctx;
  int handles, failed;  // libuv's code
  bool paused, ending, closing, connecting;
  char peer[HTTP_PEER_SIZE];
  char room[ROOM];
};

struct outgoing {
  uv_write_t uv;
  char bytes[];
};

// --- streams

static void leave(struct tcp_stream *stream) {
  if (!stream->listener) return;
  *stream->self = stream->next;
  if (stream->next) stream->next->self = stream->self;
  stream->listener->open--;
  stream->listener = NULL;
}

static void on_closed(uv_handle_t *handle) {
  struct tcp_stream *stream = handle->data;
  if (--stream->handles) return;
  const char *why = stream->failed ? uv_strerror(stream->failed) : NULL;
  if (stream->calls && stream->calls->closed) stream->calls->closed(stream->ctx, why);
  mem_free(stream);
}

static void close_now(struct tcp_stream *stream, int failed) {
  if (stream->closing) return;
  stream->closing = true;
  stream->failed = failed == UV_EOF ? 0 : failed;
  leave(stream);
  uv_close((uv_handle_t *)&stream->uv, on_closed);
  uv_close((uv_handle_t *)&stream->deadline, on_closed);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room) {
  struct tcp_stream *stream = handle->data;
  (void)suggested;
  *room = uv_buf_init(stream->room, ROOM);
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *room) {
  struct tcp_stream *stream = handle->data;
  if (count < 0)
    close_now(stream, (int)count);
  else if (count > 0 && stream->calls && stream->calls->received)
    stream->calls->received(stream->ctx, room->base, (size_t)count);
}

static void settle_reading(struct tcp_stream *stream) {
  if (stream->closing || stream->connecting) return;
  if (stream->paused)
    uv_read_stop((uv_stream_t *)&stream->uv);
  else
    uv_read_start((uv_stream_t *)&stream->uv, on_room, on_read);
}

static struct tcp_stream *stream_new(uv_loop_t *uv) {
  struct tcp_stream *stream = mem_alloc(sizeof *stream);
  uv_tcp_init(uv, &stream->uv);
  uv_timer_init(uv, &stream->deadline);
  stream->handles = 2;
  stream->uv.data = stream->deadline.data = stream->connect.data = stream->shutdown.data =
      stream;
  return stream;
}

static void find_peer(struct tcp_stream *stream) {
  struct sockaddr_storage address;
  char text[64] = "";
  int len = sizeof address;
  if (uv_tcp_getpeername(&stream->uv, (struct sockaddr *)&address, &len)) return;
  if (address.ss_family == AF_INET6)
    uv_ip6_name((struct sockaddr_in6 *)&address, text, sizeof text);
  else
    uv_ip4_name((struct sockaddr_in *)&address, text, sizeof text);
  http_peer_find(stream->peer, text, NULL, 0, &(struct http_nets){0});
}

void tcp_take(struct tcp_stream *stream, const struct tcp_stream_calls *calls,
              void *self) {
  stream->calls = calls;
  stream->ctx = self;
}

const char *tcp_peer(const struct tcp_stream *stream) { return stream->peer; }

static void on_written(uv_write_t *write, int failed) {
  struct tcp_stream *stream = write->handle->data;
  mem_free(write);
  if (failed < 0) close_now(stream, failed);
}

void tcp_write(struct tcp_stream *stream, const void *bytes, size_t count) {
  if (stream->closing || stream->ending || !count) return;
  struct outgoing *out = mem_alloc(sizeof *out + count);
  memcpy(out->bytes, bytes, count);
  uv_buf_t piece = uv_buf_init(out->bytes, (unsigned)count);
  int failed = uv_write(&out->uv, (uv_stream_t *)&stream->uv, &piece, 1, on_written);
  if (!failed) return;
  mem_free(out);
  close_now(stream, failed);
}

size_t tcp_unsent(const struct tcp_stream *stream) {
  return uv_stream_get_write_queue_size((const uv_stream_t *)&stream->uv);
}

void tcp_pause(struct tcp_stream *stream, bool pause) {
  if (stream->paused == pause) return;
  stream->paused = pause;
  settle_reading(stream);
}

static void on_shut(uv_shutdown_t *shutdown, int failed) {
  close_now(shutdown->data, failed < 0 ? failed : 0);
}

static void on_deadline(uv_timer_t *timer) { close_now(timer->data, UV_ETIMEDOUT); }

void tcp_end(struct tcp_stream *stream) {
  if (stream->closing || stream->ending) return;
  stream->ending = true;
  if (uv_shutdown(&stream->shutdown, (uv_stream_t *)&stream->uv, on_shut))
    close_now(stream, 0);
  else
    uv_timer_start(&stream->deadline, on_deadline, END_MS, 0);
}

void tcp_free(struct tcp_stream *stream) {
  if (!stream) return;
  stream->calls = NULL;
  close_now(stream, 0);
}

// --- calls

static void on_connected(uv_connect_t *connect, int failed) {
  struct tcp_stream *stream = connect->data;
  stream->connecting = false;
  if (failed < 0) {
    close_now(stream, failed);
    return;
  }
  uv_tcp_nodelay(&stream->uv, 1);
  settle_reading(stream);
  if (stream->calls && stream->calls->connected) stream->calls->connected(stream->ctx);
}

static int read_address(const char *text, int port, struct sockaddr_storage *out) {
  return strchr(text, ':') ? uv_ip6_addr(text, port, (struct sockaddr_in6 *)out)
                           : uv_ip4_addr(text, port, (struct sockaddr_in *)out);
}

struct tcp_stream *tcp_call(struct loop *loop, const char *address, int port,
                            const struct tcp_stream_calls *calls, void *self) {
  struct tcp_stream *stream = stream_new(loop_uv(loop));
  struct sockaddr_storage to;
  tcp_take(stream, calls, self);
  snprintf(stream->peer, sizeof stream->peer, "%s", address);
  stream->connecting = true;
  int failed = read_address(address, port, &to);
  if (!failed)
    failed = uv_tcp_connect(&stream->connect, &stream->uv, (struct sockaddr *)&to,
                            on_connected);
  if (failed) close_now(stream, failed);
  return stream;
}

// --- listeners

static void enlist(struct tcp_listener *listener, struct tcp_stream *stream) {
  stream->listener = listener;
  stream->next = listener->streams;
  stream->self = &listener->streams;
  if (stream->next) stream->next->self = &stream->next;
  listener->streams = stream;
  listener->open++;
}

static bool welcome(const struct tcp_listener *listener,
                    const struct tcp_stream *stream) {
  return listener->open < listener->how.most &&
         (!listener->peers.count || http_nets_hold(&listener->peers, stream->peer));
}

static void on_connection(uv_stream_t *handle, int failed) {
  struct tcp_listener *listener = handle->data;
  if (failed < 0) return;
  struct tcp_stream *stream = stream_new(handle->loop);
  failed = uv_accept(handle, (uv_stream_t *)&stream->uv);
  find_peer(stream);
  if (failed || !welcome(listener, stream)) {
    listener->refused++;
    close_now(stream, failed);
    return;
  }
  uv_tcp_nodelay(&stream->uv, 1);
  enlist(listener, stream);
  listener->how.opened(listener->how.self, stream);
  settle_reading(stream);
}

static int bind_to(struct tcp_listener *listener, const char *host, int port) {
  char service[8];
  uv_getaddrinfo_t lookup;
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
  snprintf(service, sizeof service, "%d", port);
  int failed = uv_getaddrinfo(listener->uv.loop, &lookup, NULL, host, service, &hints);
  if (failed < 0) return failed;
  failed = uv_tcp_bind(&listener->uv, lookup.addrinfo->ai_addr, 0);
  uv_freeaddrinfo(lookup.addrinfo);
  return failed < 0 ? failed
                    : uv_listen((uv_stream_t *)&listener->uv, BACKLOG, on_connection);
}

static void on_listener_closed(uv_handle_t *handle) { mem_free(handle->data); }

struct tcp_listener *tcp_listen(struct loop *loop, const struct tcp_listen *how,
                                struct status *status) {
  struct tcp_listener *listener = mem_alloc(sizeof *listener);
  uv_tcp_init(loop_uv(loop), &listener->uv);
  listener->uv.data = listener;
  listener->how = *how;
  if (how->peers) listener->peers = *how->peers;
  int failed = bind_to(listener, how->host, how->port);
  if (!failed) return listener;
  status_fail(status, ERR_IO,
              "%.200s port %d can't be listened on: %s; choose an address of this "
              "machine and a free port",
              how->host, how->port, uv_strerror(failed));
  tcp_listener_free(listener);
  return NULL;
}

int tcp_listener_port(const struct tcp_listener *listener) {
  struct sockaddr_storage address = {0};
  int len = sizeof address;
  uv_tcp_getsockname(&listener->uv, (struct sockaddr *)&address, &len);
  return ntohs(address.ss_family == AF_INET6
                   ? ((struct sockaddr_in6 *)&address)->sin6_port
                   : ((struct sockaddr_in *)&address)->sin_port);
}

size_t tcp_listener_refused(const struct tcp_listener *listener) {
  return listener->refused;
}

void tcp_listener_free(struct tcp_listener *listener) {
  if (!listener) return;
  while (listener->streams) {
    struct tcp_stream *stream = listener->streams;
    listener->streams = stream->next;
    stream->listener = NULL;
  }
  uv_close((uv_handle_t *)&listener->uv, on_listener_closed);
}
