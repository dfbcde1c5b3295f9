// What the host does for a connector: streams, timers, the log.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "link/connector_parts.h"

static int fail(char *why, size_t room, const char *text) {
  if (room) snprintf(why, room, "%s", text);
  return -1;
}

static int64_t now(const struct aw_host *host) {
  return clock_now(connector_of(host)->parts.clock);
}

static void log_it(const struct aw_host *host, uint32_t level, const char *event,
                   const char *text) {
  enum log_level at = level <= AW_ERROR  ? LOG_LEVEL_ERROR
                      : level == AW_WARN ? LOG_LEVEL_WARN
                      : level <= AW_INFO ? LOG_LEVEL_INFO
                                         : LOG_LEVEL_DEBUG;
  log_line(at, event, "connector=%s %s", host->name, text);
}

// --- streams

static void on_connected(void *self) {
  struct aw_stream *stream = self;
  if (stream->calls->connected) stream->calls->connected(stream->self, stream);
}

static void on_received(void *self, const char *bytes, size_t count) {
  struct aw_stream *stream = self;
  if (stream->calls->received)
    stream->calls->received(stream->self, stream, bytes, count);
}

static void on_closed(void *self, const char *why) {
  struct aw_stream *stream = self;
  if (stream->calls && stream->calls->closed)
    stream->calls->closed(stream->self, stream, why);
  registered_remove(&stream->in);
  mem_free(stream);
}

static const struct tcp_stream_calls stream_calls = {on_connected, on_received,
                                                     on_closed};

static struct aw_stream *stream_new(struct connector *connector,
                                    const struct aw_stream_calls *calls, void *self) {
  struct aw_stream *stream = mem_alloc(sizeof *stream);
  stream->calls = calls;
  stream->self = self;
  registered_add(&stream->in, connector, &connector->streams);
  return stream;
}

static void on_opened(void *self, struct tcp_stream *tcp) {
  struct aw_listener *listener = self;
  struct aw_stream *stream = stream_new(listener->in.connector, NULL, NULL);
  stream->tcp = tcp;
  tcp_take(tcp, &stream_calls, stream);
  listener->how.opened(listener->how.self, stream);
  if (stream->calls) return;
  tcp_free(tcp);  // nobody took it
  registered_remove(&stream->in);
  mem_free(stream);
}

// "10.0.0.5:2575", "[::1]:2575", into a host of room bytes. The port, or -1.
static int split(const char *address, char *host, size_t room) {
  const char *colon = strrchr(address, ':'), *end = colon;
  const char *from = address;
  if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
    return -1;
  if (*from == '[' && end > from && end[-1] == ']') {
    from++;
    end--;
  }
  int len = snprintf(host, room, "%.*s", (int)(end - from), from);
  long port = strtol(colon + 1, NULL, 10);
  return len > 0 && (size_t)len < room && port <= 65535 ? (int)port : -1;
}

static struct tcp_listener *open_port(struct connector *connector,
                                      const struct tcp_listen *how, const char *address,
                                      struct status *status) {
  char host[256];
  struct tcp_listen at = *how;
  at.host = host;
  at.port = split(address, host, sizeof host);
  if (at.port >= 0) return tcp_listen(connector->parts.loop, &at, status);
  status_fail(status, ERR_INVALID,
              "\"%.100s\" is no address: write host:port, such as 127.0.0.1:2575",
              address);
  return NULL;
}

static struct aw_listener *listen_on(const struct aw_host *host,
                                     const struct aw_listen *how, char *why,
                                     size_t room) {
  struct connector *connector = connector_of(host);
  struct status status = {0};
  struct http_nets peers = {0};
  struct aw_listener *listener = mem_alloc(sizeof *listener);
  struct tcp_listen tcp = {
      .peers = &peers, .most = how->most, .opened = on_opened, .self = listener};
  listener->how = *how;
  if (!http_nets_parse(&peers, how->peers, &status))
    listener->tcp = open_port(connector, &tcp, how->address, &status);
  if (!listener->tcp) {
    fail(why, room, status.text);
    mem_free(listener);
    return NULL;
  }
  snprintf(listener->address, sizeof listener->address, "%.*s:%d",
           (int)(strrchr(how->address, ':') - how->address), how->address,
           tcp_listener_port(listener->tcp));
  registered_add(&listener->in, connector, &connector->listeners);
  return listener;
}

static int port_of(const struct aw_listener *listener) {
  return tcp_listener_port(listener->tcp);
}

static struct aw_stream *call(const struct aw_host *host, const char *address,
                              const struct aw_stream_calls *calls, void *self) {
  struct connector *connector = connector_of(host);
  char name[256] = "";
  int port = split(address, name, sizeof name);
  struct aw_stream *stream = stream_new(connector, calls, self);
  stream->tcp = tcp_call(connector->parts.loop, port < 0 ? "" : name, port < 0 ? 0 : port,
                         &stream_calls, stream);
  return stream;
}

static void take(struct aw_stream *stream, const struct aw_stream_calls *calls,
                 void *self) {
  stream->calls = calls;
  stream->self = self;
}

static const char *peer(const struct aw_stream *stream) { return tcp_peer(stream->tcp); }

static void write_to(struct aw_stream *stream, const void *bytes, size_t count) {
  tcp_write(stream->tcp, bytes, count);
}

static size_t unsent(const struct aw_stream *stream) { return tcp_unsent(stream->tcp); }

static void pause_it(struct aw_stream *stream, int paused) {
  tcp_pause(stream->tcp, paused != 0);
}

static void end(struct aw_stream *stream) { tcp_end(stream->tcp); }

// --- timers

static struct aw_timer *timer(const struct aw_host *host, void (*fired)(void *self),
                              void *self) {
  struct connector *connector = connector_of(host);
  struct aw_timer *new = mem_alloc(sizeof *new);
  new->timer = loop_timer_new(connector->parts.loop, fired, self);
  registered_add(&new->in, connector, &connector->timers);
  return new;
}

static void arm(struct aw_timer *at, int64_t ms) {
  if (ms < 0)
    loop_timer_disarm(at->timer);
  else
    loop_timer_arm(at->timer, ms);
}

static void drop(struct aw_timer *at) {
  if (!at) return;
  loop_timer_free(at->timer);
  registered_remove(&at->in);
  mem_free(at);
}

// --- all of it

void connector_host(struct aw_host *host) {
  host->text = connector_text;
  host->number = connector_number;
  host->now = now;
  host->log = log_it;
  host->submit = connector_submit;
  host->check = connector_check;
  host->keep = connector_keep;
  host->listen = listen_on;
  host->port = port_of;
  host->call = call;
  host->take = take;
  host->peer = peer;
  host->write = write_to;
  host->unsent = unsent;
  host->pause = pause_it;
  host->end = end;
  host->timer = timer;
  host->arm = arm;
  host->drop = drop;
  host->metric = connector_metric;
  host->add = connector_metric_add;
  host->set = connector_metric_set;
}

void connector_close_streams(struct connector *connector) {
  while (connector->listeners) {
    struct aw_listener *listener = (struct aw_listener *)connector->listeners;
    tcp_listener_free(listener->tcp);
    registered_remove(&listener->in);
    mem_free(listener);
  }
  while (connector->streams) {
    struct aw_stream *stream = (struct aw_stream *)connector->streams;
    tcp_free(stream->tcp);
    on_closed(stream, "the engine stops");
  }
  while (connector->timers) drop((struct aw_timer *)connector->timers);
}
