// A client that presses: sends the calls of a file over kept connections, each as soon as
// the one before on its connection is answered, or at a rate, and keeps every answer.
//   bench_load PORT CONNECTIONS RATE FILE RECORD [TOKEN]
// RATE 0: as fast as answers come. FILE: lines "POST /path body" or "GET /path". RECORD:
// gets a line "sent_us took_us status" for each line of FILE ("-": none). Prints figures.
#include <errno.h>
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

enum { EVENTS = 256, READ_BYTES = 16 * 1024, MOST = 4096 };

struct call {
  const char *text;  // a line of the file
  size_t len;
  int64_t due_us, took_us;
  int status;  // 0: no answer
};

struct peer {
  int socket;
  struct call *call;  // on its way; NULL when idle
  struct buf in;
};

struct load {
  int port, epoll, connections;
  double rate;
  const char *token;
  char *text;
  struct call *calls;
  size_t count, next, answered, complained;
  int64_t start_us, end_us;
  struct peer *peers[MOST];
  struct peer *idle[MOST];
  int idle_count;
  struct buf out;
};

static void fail(const char *what) {
  fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void read_calls(struct load *load, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail(path);
  size_t size = (size_t)ftell(file), cap = 0;
  rewind(file);
  load->text = mem_alloc(size + 1);
  if (fread(load->text, 1, size, file) != size) fail(path);
  fclose(file);
  for (char *at = load->text, *end; (end = strchr(at, '\n')); at = end + 1) {
    if (load->count == cap) {
      cap = cap ? cap * 2 : 1024;
      load->calls = mem_resize(load->calls, cap * sizeof *load->calls);
    }
    load->calls[load->count++] = (struct call){.text = at, .len = (size_t)(end - at)};
  }
}

static void put_request(struct load *load, const struct call *call) {
  const char *end = call->text + call->len;
  const char *path = memchr(call->text, ' ', call->len);
  const char *body = path ? memchr(path + 1, ' ', (size_t)(end - path - 1)) : NULL;
  size_t head = (size_t)((body ? body : end) - call->text);
  size_t len = body ? (size_t)(end - body - 1) : 0;
  buf_clear(&load->out);
  buf_put(&load->out, call->text, head);
  buf_printf(&load->out, " HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", load->port);
  if (load->token) buf_printf(&load->out, "Authorization: Bearer %s\r\n", load->token);
  if (body)
    buf_printf(&load->out, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
               len);
  buf_puts(&load->out, "\r\n");
  if (body) buf_put(&load->out, body + 1, len);
}

static void peer_open(struct load *load, struct peer *peer) {
  peer->socket = wire_connect(load->port);
  if (peer->socket < 0) fail("can't connect");
  epoll_ctl(load->epoll, EPOLL_CTL_ADD, peer->socket,
            &(struct epoll_event){.events = EPOLLIN, .data.ptr = peer});
}

static void settle(struct load *load, struct peer *peer, int status) {
  struct call *call = peer->call;
  load->end_us = tally_now_us();
  call->took_us = load->end_us - call->due_us;
  call->status = status;
  load->answered++;
  peer->call = NULL;
  load->idle[load->idle_count++] = peer;
}

static void peer_lost(struct load *load, struct peer *peer) {
  close(peer->socket);
  buf_clear(&peer->in);
  if (peer->call) settle(load, peer, 0);
  peer_open(load, peer);
}

static void start_call(struct load *load, struct call *call) {
  struct peer *peer = load->idle[--load->idle_count];
  put_request(load, call);
  peer->call = call;
  if (!wire_write(peer->socket, load->out.data, load->out.len)) peer_lost(load, peer);
}

// How long until the next call is due, in ms; 0 when some were started, -1: wait for
// answers.
static int start_due(struct load *load) {
  while (load->next < load->count && load->idle_count) {
    struct call *call = &load->calls[load->next];
    int64_t now = tally_now_us();
    call->due_us = now;
    if (load->rate > 0)
      call->due_us = load->start_us + (int64_t)((double)load->next / load->rate * 1e6);
    if (call->due_us > now) return (int)((call->due_us - now) / 1000) + 1;
    load->next++;
    start_call(load, call);
  }
  return -1;
}

static void peer_read(struct load *load, struct peer *peer) {
  struct wire wire;
  buf_reserve(&peer->in, READ_BYTES);
  ssize_t count = recv(peer->socket, peer->in.data + peer->in.len, READ_BYTES, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    peer_lost(load, peer);
    return;
  }
  peer->in.len += (size_t)count;
  long used = wire_read(buf_text(&peer->in), peer->in.len, &wire);
  if (!used) return;
  if (used < 0 || !peer->call || wire.line_len < 12) {
    peer_lost(load, peer);
    return;
  }
  int status = atoi(wire.line + 9);
  if (status >= 400 && !load->complained++)
    fprintf(stderr, "bench_load: %.*s\n%.*s\n", (int)peer->call->len, peer->call->text,
            (int)(wire.body_len + (size_t)(wire.body - wire.line)), wire.line);
  buf_consume(&peer->in, (size_t)used);
  settle(load, peer, status);
}

static void press(struct load *load) {
  struct epoll_event events[EVENTS];
  load->epoll = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < load->connections; i++) {
    struct peer *peer = load->peers[i] = mem_alloc(sizeof *peer);
    peer_open(load, peer);
    load->idle[load->idle_count++] = peer;
  }
  load->start_us = tally_now_us();
  while (load->answered < load->count) {
    int count = epoll_wait(load->epoll, events, EVENTS, start_due(load));
    for (int i = 0; i < count; i++) peer_read(load, events[i].data.ptr);
  }
}

static int by_took(const void *a, const void *b) {
  int64_t one = ((const struct call *)a)->took_us,
          two = ((const struct call *)b)->took_us;
  return (one > two) - (one < two);
}

static void write_record(const struct load *load, const char *path) {
  FILE *file = fopen(path, "w");
  if (!file) fail(path);
  for (size_t i = 0; i < load->count; i++)
    fprintf(file, "%lld %lld %d\n", (long long)load->calls[i].due_us,
            (long long)load->calls[i].took_us, load->calls[i].status);
  if (fclose(file)) fail(path);
}

static void tell(struct load *load) {
  size_t good = 0;
  double seconds = (double)(load->end_us - load->start_us) / 1e6;
  for (size_t i = 0; i < load->count; i++)
    good += load->calls[i].status >= 200 && load->calls[i].status < 400;
  qsort(load->calls, load->count, sizeof *load->calls, by_took);
  printf(
      "count %zu good %zu seconds %.3f per_second %.0f p50_us %lld p99_us %lld max_us "
      "%lld start_us %lld end_us %lld\n",
      load->count, good, seconds, (double)load->count / seconds,
      (long long)load->calls[load->count / 2].took_us,
      (long long)load->calls[load->count * 99 / 100].took_us,
      (long long)load->calls[load->count - 1].took_us, (long long)load->start_us,
      (long long)load->end_us);
}

static void load_deinit(struct load *load) {
  for (int i = 0; i < load->connections; i++) {
    close(load->peers[i]->socket);
    buf_deinit(&load->peers[i]->in);
    mem_free(load->peers[i]);
  }
  close(load->epoll);
  mem_free(load->calls);
  mem_free(load->text);
  buf_deinit(&load->out);
}

int main(int argc, char **argv) {
  static struct load load;
  if (argc < 6) {
    fputs("Usage: bench_load PORT CONNECTIONS RATE FILE RECORD [TOKEN]\n", stderr);
    return 2;
  }
  load.port = atoi(argv[1]);
  load.connections = atoi(argv[2]);
  load.rate = strtod(argv[3], NULL);
  load.token = argc > 6 ? argv[6] : NULL;
  if (load.connections < 1 || load.connections > MOST) fail("CONNECTIONS");
  read_calls(&load, argv[4]);
  if (!load.count) fail("no calls in FILE");
  press(&load);
  if (strcmp(argv[5], "-") != 0) write_record(&load, argv[5]);
  tell(&load);
  load_deinit(&load);
  return 0;
}
