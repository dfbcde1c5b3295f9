// A hospital system that presses: sends the HL7 messages of a file over kept MLLP
// connections, on each as many unanswered ones as IN_FLIGHT says: with 1 the next as soon
// as the one before is acknowledged.
//   bench_mllp PORT CONNECTIONS FILE [IN_FLIGHT]
// FILE: messages one after another, each in its frame. Prints figures; good ones were
// answered AA, in the order in which they were sent.
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

enum { EVENTS = 64, READ_BYTES = 16 * 1024, CONNECTIONS_MOST = 256, FLIGHT_MOST = 64 };

struct frame {
  const char *at;
  size_t len;
  int64_t sent_us, took_us;
  bool good;
};

struct peer {
  int socket;
  struct frame *flying[FLIGHT_MOST];  // a ring, the oldest first
  int first, count;
  struct buf in;
};

struct load {
  int epoll, connections, in_flight;
  char *text;
  struct frame *frames;
  size_t count, next, answered;
  int64_t start_us, end_us;
  struct peer peers[CONNECTIONS_MOST];
};

static void fail(const char *what) {
  fprintf(stderr, "bench_mllp: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void add_frame(struct load *load, const char *at, size_t len) {
  if (!(load->count & (load->count - 1)))
    load->frames = mem_resize(load->frames,
                              (load->count ? load->count * 2 : 1) * sizeof *load->frames);
  load->frames[load->count++] = (struct frame){.at = at, .len = len};
}

static void read_frames(struct load *load, const char *path) {
  FILE *file = fopen(path, "rbe");
  if (!file || fseek(file, 0, SEEK_END)) fail(path);
  size_t size = (size_t)ftell(file);
  rewind(file);
  load->text = mem_alloc(size + 1);
  if (fread(load->text, 1, size, file) != size) fail(path);
  fclose(file);
  for (char *at = load->text, *end; (end = strchr(at, '\x1C')); at = end + 2)
    add_frame(load, at, (size_t)(end + 2 - at));
}

static void send_next(struct load *load, struct peer *peer) {
  if (load->next == load->count) return;
  struct frame *frame = &load->frames[load->next++];
  peer->flying[(peer->first + peer->count++) % FLIGHT_MOST] = frame;
  frame->sent_us = tally_now_us();
  if (!wire_write(peer->socket, frame->at, frame->len)) fail("sending");
}

// Answers come in the order of what was sent: this one names its message.
static bool is_of(const char *answer, const struct frame *frame) {
  const char *id = frame->at;
  for (int bars = 0; id && bars < 9; bars++) id = strchr(id + 1, '|');
  return id && !strncmp(answer, id + 1, strcspn(id + 1, "|")) &&
         answer[strcspn(id + 1, "|")] == '\r';
}

static void settle(struct load *load, struct peer *peer, size_t len) {
  struct frame *frame = peer->flying[peer->first];
  load->end_us = tally_now_us();
  if (!peer->count) fail("an answer that nobody waited for");
  peer->first = (peer->first + 1) % FLIGHT_MOST;
  peer->count--;
  frame->took_us = load->end_us - frame->sent_us;
  const char *accepted = strstr(peer->in.data, "\rMSA|AA|");
  frame->good = accepted && accepted < peer->in.data + len && is_of(accepted + 8, frame);
  if (!frame->good) fprintf(stderr, "%.*s\n", (int)len, peer->in.data);
  load->answered++;
  buf_consume(&peer->in, len);
  send_next(load, peer);
}

static void peer_read(struct load *load, struct peer *peer) {
  buf_reserve(&peer->in, READ_BYTES);
  ssize_t count = recv(peer->socket, peer->in.data + peer->in.len, READ_BYTES, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) fail("the listener closed");
  peer->in.len += (size_t)count;
  for (const char *end; (end = memchr(peer->in.data, '\x1C', peer->in.len));) {
    size_t len = (size_t)(end + 2 - peer->in.data);
    if (len > peer->in.len) return;
    settle(load, peer, len);
  }
}

static void press(struct load *load, int port) {
  struct epoll_event events[EVENTS];
  load->epoll = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < load->connections; i++) {
    struct peer *peer = &load->peers[i];
    peer->socket = wire_connect(port);
    if (peer->socket < 0) fail("can't connect");
    epoll_ctl(load->epoll, EPOLL_CTL_ADD, peer->socket,
              &(struct epoll_event){.events = EPOLLIN, .data.ptr = peer});
  }
  load->start_us = tally_now_us();
  for (int i = 0; i < load->connections * load->in_flight; i++)
    send_next(load, &load->peers[i % load->connections]);
  while (load->answered < load->count) {
    int count = epoll_wait(load->epoll, events, EVENTS, 10000);
    if (!count) fail("no answer for ten seconds");
    for (int i = 0; i < count; i++) peer_read(load, events[i].data.ptr);
  }
}

static int by_took(const void *a, const void *b) {
  int64_t one = ((const struct frame *)a)->took_us,
          two = ((const struct frame *)b)->took_us;
  return (one > two) - (one < two);
}

static void tell(struct load *load) {
  size_t good = 0;
  double seconds = (double)(load->end_us - load->start_us) / 1e6;
  for (size_t i = 0; i < load->count; i++) good += load->frames[i].good;
  qsort(load->frames, load->count, sizeof *load->frames, by_took);
  printf(
      "count %zu good %zu seconds %.3f per_second %.0f p50_us %lld p99_us %lld max_us "
      "%lld start_us %lld\n",
      load->count, good, seconds, (double)load->count / seconds,
      (long long)load->frames[load->count / 2].took_us,
      (long long)load->frames[load->count * 99 / 100].took_us,
      (long long)load->frames[load->count - 1].took_us, (long long)load->start_us);
}

static void load_deinit(struct load *load) {
  for (int i = 0; i < load->connections; i++) {
    close(load->peers[i].socket);
    buf_deinit(&load->peers[i].in);
  }
  close(load->epoll);
  mem_free(load->frames);
  mem_free(load->text);
}

int main(int argc, char **argv) {
  static struct load load;
  if (argc != 4 && argc != 5) {
    fputs("Usage: bench_mllp PORT CONNECTIONS FILE [IN_FLIGHT]\n", stderr);
    return 2;
  }
  load.connections = atoi(argv[2]);
  if (load.connections < 1 || load.connections > CONNECTIONS_MOST) fail("CONNECTIONS");
  load.in_flight = argc == 5 ? atoi(argv[4]) : 1;
  if (load.in_flight < 1 || load.in_flight > FLIGHT_MOST) fail("IN_FLIGHT");
  read_frames(&load, argv[3]);
  if (!load.count) fail("no messages in FILE");
  press(&load, atoi(argv[1]));
  tell(&load);
  load_deinit(&load);
  return 0;
}
