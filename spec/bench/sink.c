// A gateway that only counts: takes JSON by POST, answers as plugins/sms-http is told to
// expect, and says on request what came. bench_sink [PORT [MS]] prints its port and
// serves until SIGTERM; with MS it answers each message so much later.
//   POST any path   {"uid": KEY, "class": WORD, …} → {"code":0,"id":"g-KEY"}
//   GET /stats      figures; GET /arrivals: a line "us class key" for each, in order
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tally.h"
#include "wire.h"

enum { EVENTS = 256, READ_BYTES = 16 * 1024, SLICE_US = 100000, SLICES = 600 };

struct peer {
  int socket;
  struct buf in;
  struct peer *next_late;  // of those that wait for their answer
  struct buf late;
  int64_t late_at;
};

struct sink {
  int epoll, door;
  unsigned open, most_open;  // connections
  uint64_t refused;          // what was no message
  struct tally tally;
  struct buf out;
  int64_t late_us;  // how late messages are answered
  struct peer *first_late, **last_late;
};

static volatile sig_atomic_t ending;

static void on_signal(int number) { ending = number; }

static void respond(struct sink *sink, int status, const char *type, const char *body,
                    size_t len) {
  buf_printf(&sink->out,
             "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", status,
             status == 200 ? "OK" : "Bad Request", type, len);
  buf_put(&sink->out, body, len);
}

// The value of a text field of a flat JSON object whose values need no unescaping.
static bool find_text(const struct wire *wire, const char *field, char *out,
                      size_t size) {
  char quoted[32];
  int len = snprintf(quoted, sizeof quoted, "\"%s\":", field);
  const char *end = wire->body + wire->body_len;
  const char *at = memmem(wire->body, wire->body_len, quoted, (size_t)len);
  if (!at) return false;
  for (at += len; at < end && *at == ' ';) at++;
  if (at == end || *at++ != '"') return false;
  const char *stop = memchr(at, '"', (size_t)(end - at));
  if (!stop || stop == at || (size_t)(stop - at) >= size) return false;
  if (memchr(at, '\\', (size_t)(stop - at))) return false;
  memcpy(out, at, (size_t)(stop - at));
  out[stop - at] = '\0';
  return true;
}

static void take_message(struct sink *sink, const struct wire *wire) {
  char key[48], class_[16] = "", body[96];
  if (!find_text(wire, "uid", key, sizeof key)) {
    static const char why[] = "{\"code\":\"NO_UID\"}";
    sink->refused++;
    respond(sink, 400, "application/json", why, sizeof why - 1);
    return;
  }
  find_text(wire, "class", class_, sizeof class_);
  tally_add(&sink->tally, key, class_);
  int len = snprintf(body, sizeof body, "{\"code\":0,\"id\":\"g-%s\"}", key);
  respond(sink, 200, "application/json", body, (size_t)len);
}

static void put_slices(const struct tally *tally, struct buf *out) {
  size_t at = 0;
  for (int slice = 0; at < tally->count && slice < SLICES; slice++) {
    size_t from = at;
    int64_t until = tally->list[0].us + (int64_t)(slice + 1) * SLICE_US;
    while (at < tally->count && tally->list[at].us < until) at++;
    buf_printf(out, "%s%zu", slice ? "," : "", at - from);
  }
}

static void tell_stats(struct sink *sink) {
  const struct tally *tally = &sink->tally;
  struct buf body = {0};
  buf_printf(&body,
             "{\"requests\":%zu,\"distinct\":%zu,\"repeats\":%zu,\"refused\":%llu,"
             "\"connections\":%u,\"most_connections\":%u,\"first_us\":%lld,\"last_us\":"
             "%lld,\"per_100_ms\":[",
             tally->count, tally->distinct, tally->count - tally->distinct,
             (unsigned long long)sink->refused, sink->open, sink->most_open,
             (long long)(tally->count ? tally->list[0].us : 0),
             (long long)(tally->count ? tally->list[tally->count - 1].us : 0));
  put_slices(tally, &body);
  buf_puts(&body, "]}");
  respond(sink, 200, "application/json", body.data, body.len);
  buf_deinit(&body);
}

static void tell_arrivals(struct sink *sink) {
  struct buf body = {0};
  for (size_t i = 0; i < sink->tally.count; i++) {
    const struct arrival *arrival = &sink->tally.list[i];
    buf_printf(&body, "%lld %s %s\n", (long long)arrival->us,
               *arrival->class_ ? arrival->class_ : "-", arrival->key);
  }
  respond(sink, 200, "text/plain", buf_text(&body), body.len);
  buf_deinit(&body);
}

static bool is_line(const struct wire *wire, const char *start) {
  size_t len = strlen(start);
  return wire->line_len >= len && !memcmp(wire->line, start, len);
}

static void answer(struct sink *sink, const struct wire *wire) {
  if (is_line(wire, "POST /"))
    take_message(sink, wire);
  else if (is_line(wire, "GET /stats "))
    tell_stats(sink);
  else if (is_line(wire, "GET /arrivals "))
    tell_arrivals(sink);
  else
    respond(sink, 400, "text/plain", "no such address\n", 16);
}

static void peer_close(struct sink *sink, struct peer *peer) {
  for (struct peer **at = &sink->first_late; *at; at = &(*at)->next_late)
    if (*at == peer) {
      *at = peer->next_late;
      if (!*at) sink->last_late = at;
      break;
    }
  buf_deinit(&peer->late);
  close(peer->socket);
  buf_deinit(&peer->in);
  mem_free(peer);
  sink->open--;
}

static void put_late(struct sink *sink, struct peer *peer) {
  buf_put(&peer->late, sink->out.data, sink->out.len);
  peer->late_at = tally_now_us() + sink->late_us;
  peer->next_late = NULL;
  *sink->last_late = peer;
  sink->last_late = &peer->next_late;
}

// Those whose time has come; the ms until the next, or -1.
static int answer_late(struct sink *sink) {
  int64_t now = tally_now_us();
  while (sink->first_late && sink->first_late->late_at <= now) {
    struct peer *peer = sink->first_late;
    sink->first_late = peer->next_late;
    if (!sink->first_late) sink->last_late = &sink->first_late;
    wire_write(peer->socket, buf_text(&peer->late), peer->late.len);
    buf_clear(&peer->late);
  }
  return sink->first_late ? (int)((sink->first_late->late_at - now) / 1000) + 1 : -1;
}

// False when what came is no HTTP, or the other side is gone.
static bool serve(struct sink *sink, struct peer *peer) {
  struct wire wire;
  size_t at = 0;
  bool keep = true;
  buf_clear(&sink->out);
  while (keep && at < peer->in.len) {
    long used = wire_read(peer->in.data + at, peer->in.len - at, &wire);
    if (!used) break;
    if (used < 0) {
      sink->refused++;
      return false;
    }
    answer(sink, &wire);
    keep = !wire.close;
    at += (size_t)used;
  }
  buf_consume(&peer->in, at);
  if (sink->late_us && keep && sink->out.len) {
    put_late(sink, peer);
    return true;
  }
  return wire_write(peer->socket, buf_text(&sink->out), sink->out.len) && keep;
}

static bool peer_read(struct sink *sink, struct peer *peer) {
  buf_reserve(&peer->in, READ_BYTES);
  ssize_t count = recv(peer->socket, peer->in.data + peer->in.len, READ_BYTES, 0);
  if (count < 0) return errno == EAGAIN;
  if (!count) return false;
  peer->in.len += (size_t)count;
  return serve(sink, peer);
}

static void welcome(struct sink *sink) {
  int socket;
  while ((socket = accept4(sink->door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    struct peer *peer = mem_alloc(sizeof *peer);
    peer->socket = socket;
    epoll_ctl(sink->epoll, EPOLL_CTL_ADD, socket,
              &(struct epoll_event){.events = EPOLLIN, .data.ptr = peer});
    if (++sink->open > sink->most_open) sink->most_open = sink->open;
  }
}

static void serve_all(struct sink *sink) {
  struct epoll_event events[EVENTS];
  while (!ending) {
    int count = epoll_wait(sink->epoll, events, EVENTS, answer_late(sink));
    for (int i = 0; i < count; i++) {
      struct peer *peer = events[i].data.ptr;
      if (!peer)
        welcome(sink);
      else if (!peer_read(sink, peer))
        peer_close(sink, peer);
    }
  }
}

int main(int argc, char **argv) {
  struct sink sink = {0};
  int port = argc > 1 ? atoi(argv[1]) : 0;
  sink.late_us = argc > 2 ? atoi(argv[2]) * 1000LL : 0;
  sink.last_late = &sink.first_late;
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sink.epoll = epoll_create1(EPOLL_CLOEXEC);
  sink.door = wire_listen(&port);
  if (sink.epoll < 0 || sink.door < 0) {
    fprintf(stderr, "bench_sink: can't listen on port %d: %s\n", port, strerror(errno));
    return 1;
  }
  epoll_ctl(sink.epoll, EPOLL_CTL_ADD, sink.door,
            &(struct epoll_event){.events = EPOLLIN});
  printf("%d\n", port);
  fflush(stdout);
  serve_all(&sink);
  printf("requests %zu distinct %zu refused %llu\n", sink.tally.count,
         sink.tally.distinct, (unsigned long long)sink.refused);
  tally_deinit(&sink.tally);
  buf_deinit(&sink.out);
  close(sink.epoll);
  close(sink.door);
  return 0;
}
