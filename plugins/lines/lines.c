// Events as lines of JSON over TCP: each line is answered with a line, after the commit.
#include <afterward_plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sender {
  const struct aw_host *host;
  struct aw_stream *stream;
  size_t len;
  char line[65536];  // what came and is not answered
};

static void answer(struct sender *at, int status, const char *detail) {
  char text[600], *end = memchr(at->line, '\n', at->len);
  int len = snprintf(text, sizeof text, "%d %s\n", status, detail ? detail : "taken");
  if (at->stream) at->host->write(at->stream, text, (size_t)len);
  at->len -= (size_t)(end + 1 - at->line);
  memmove(at->line, end + 1, at->len);
}

static void told(void *self, const struct aw_told *told);

static void next(struct sender *at) {  // one at a time: the others wait with who sends
  char why[500], *end;
  while ((end = memchr(at->line, '\n', at->len))) {
    struct aw_event event = {at->line, (size_t)(end - at->line), told, at};
    if (!at->host->submit(at->host, &event, why, sizeof why)) break;
    answer(at, 422, why);
  }
  at->host->pause(at->stream, end != NULL);
}

static void told(void *self, const struct aw_told *told) {
  struct sender *at = self;
  answer(at, (int)told->status, told->detail);
  if (at->stream) next(at);
  if (!at->stream) free(at);
}

static void received(void *self, struct aw_stream *stream, const char *bytes,
                     size_t count) {
  struct sender *at = self;
  if (at->len + count > sizeof at->line) return at->host->end(stream);  // too long a line
  memcpy(at->line + at->len, bytes, count);
  at->len += count;
  next(at);
}

static void closed(void *self, struct aw_stream *stream, const char *why) {
  struct sender *at = self;
  (void)stream, (void)why, at->stream = NULL;
  if (!memchr(at->line, '\n', at->len)) free(at);  // else told does
}

static void opened(void *self, struct aw_stream *stream) {
  static const struct aw_stream_calls calls = {.received = received, .closed = closed};
  struct sender *at = calloc(1, sizeof *at);
  if (!at) return;  // a stream that is not taken is closed
  *at = (struct sender){.host = self, .stream = stream};
  at->host->take(stream, &calls, at);
}

static int load(const struct aw_host *host, void **self, char *why, size_t room) {
  struct aw_listen how = {host->text(host, "listen"), NULL, 16, opened,
                          *self = (void *)host};
  return host->listen(host, &how, why, room) ? 0 : -1;
}

static void unload(const struct aw_host *host, void *self) { (void)host, (void)self; }

static const struct aw_setting settings[] = {
    {"listen", "127.0.0.1:2600", "where it listens", AW_TEXT}, {0}};

const struct aw_plugin afterward_plugin = {.abi = AW_ABI,
                                           .size = sizeof afterward_plugin,
                                           .name = "lines",
                                           .version = "1.0.0",
                                           .does = "events as lines of JSON over TCP",
                                           .settings = settings,
                                           .load = load,
                                           .unload = unload};
