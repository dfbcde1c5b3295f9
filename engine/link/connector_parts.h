// What the files of a connector share. Each thing registered knows its connector and is
// in a list of it.
#pragma once

#include "io/tcp.h"
#include "link/afterward_plugin.h"
#include "link/connector.h"

struct registered {  // the first member of each
  struct connector *connector;
  struct registered *next, **self;
};

struct aw_listener {
  struct registered in;
  struct tcp_listener *tcp;
  struct aw_listen how;  // opened and self only
  char address[64];      // as it listens
};

struct aw_stream {
  struct registered in;
  struct tcp_stream *tcp;
  const struct aw_stream_calls *calls;
  void *self;
};

struct aw_timer {
  struct registered in;
  struct loop_timer *timer;
};

struct aw_metric {
  struct registered in;
  char *name, *help;
  uint32_t kind;
  double value;
};

struct aw_node {
  uint32_t kind;
  char *key;   // in its map
  char *text;  // of AW_TEXT
  double number;
  struct aw_node *children;
  size_t count;
};

struct connector_table {
  struct registered in;
  struct aw_node root;
};

struct aw_asked {
  struct registered in;
  inbox_done *done;
  void *ctx;
};

struct connector_event {  // waits to be told
  struct registered in;
  void (*told)(void *self, const struct aw_told *told);
  void *self;
};

struct connector_setting {
  char *text;
  int64_t number;
};

struct connector {
  struct aw_host host;  // first: what the plugin holds
  struct connector_parts parts;
  char *name, *plugin_name;
  void *library;
  const struct aw_plugin *plugin;
  void *self;                          // the plugin's own
  struct connector_setting *settings;  // as many as it declares
  bool loaded, stopped;
  struct registered *listeners, *streams, *timers, *metrics, *events, *tables, *asked;
  uint64_t taken, refused;
};

static inline struct connector *connector_of(const struct aw_host *host) {
  return (struct connector *)(void *)host;  // its own, which it sees as constant
}

void registered_add(struct registered *in, struct connector *connector,
                    struct registered **list);
void registered_remove(struct registered *in);  // of the list; frees nothing

void connector_host(struct aw_host *host);  // connector_host.c: fills in the calls
void connector_close_streams(struct connector *connector);
int connector_submit(const struct aw_host *host, const struct aw_event *event, char *why,
                     size_t room);  // connector_event.c
int connector_check(const struct aw_host *host, const struct aw_event *event, char *why,
                    size_t room);
void connector_keep(const struct aw_host *host, const struct aw_letter *letter);
void connector_leave_events(struct connector *connector);  // tells that it is not known
void connector_drop_events(struct connector *connector);
struct aw_metric *connector_metric(const struct aw_host *host, const char *name,
                                   const char *help, uint32_t kind);
void connector_metric_add(struct aw_metric *metric, double by);
void connector_metric_set(struct aw_metric *metric, double to);
void connector_drop_metrics(struct connector *connector);

void connector_host_tables(struct aw_host *host);  // connector_table.c
void connector_drop_tables(struct connector *connector);
void connector_host_answers(struct aw_host *host);  // connector_ask.c
void connector_leave_asked(struct connector *connector);

// connector_settings.c
int connector_read_settings(struct connector *connector, const struct value *given,
                            struct status *status);
void connector_free_settings(struct connector *connector);
const char *connector_text(const struct aw_host *host, const char *name);
int64_t connector_number(const struct aw_host *host, const char *name);
