// The parts of a running daemon: the engine, its loop, its doors to the outside.
#pragma once

#include "api/api.h"
#include "channels.h"
#include "compare.h"
#include "connectors.h"
#include "engine.h"
#include "fhir/fhir.h"
#include "io/http_front.h"
#include "io/http_thread.h"
#include "io/loop.h"
#include "reload/reload.h"

struct daemon_options {  // from the command line, else from the configuration; texts
                         // borrowed
  const char *config, *state, *scripts, *plugins, *port_file;
  const char *listen;       // "127.0.0.1:8080"
  const char *clock_start;  // ISO time; NULL: the system's clock
  double clock_speed;       // engine seconds a second
};

struct daemon {
  struct daemon_options options;
  struct buf config;  // encoded
  struct value settings;
  char *scripts;  // folder; owned
  struct engine engine;
  bool engine_open;
  struct clock clock;
  struct clock_watch watch;
  struct loop *loop;
  struct loop_timer *due, *watchdog;
  struct reload *reload;
  struct compare *compare;
  struct loop_wake *synced;  // a commit is; what waited for that is the next work
  struct http_thread *client;
  struct http_front *server;
  int port;  // that it listens on
  struct channels channels;
  struct connectors connectors;
  struct api api;
  struct fhir fhir;
  bool api_open, stopping, doors_shut, ended;
  int64_t end_at;     // steady ms at which a stop waits no longer
  int64_t warned;     // the day on which unknown years were last told
  char failure[512];  // why the last batch was refused; "" when it wasn't
  int64_t retry_at;   // steady ms before which a refused batch is not tried again
};

int daemon_start(struct daemon *daemon,
                 struct status *status);  // the caller gives it zeroed but for options
void daemon_configure(struct daemon *daemon);  // reads the configuration again
void daemon_run(struct daemon *daemon);        // until SIGTERM or SIGINT
void daemon_free(struct daemon *daemon);       // after whatever daemon_start reached

// A setting, unless the command line gives it; the caller frees.
char *daemon_text(struct daemon *daemon, const char *given, const char *key,
                  const char *otherwise);
// A failure's text begins with the configuration's file.
int daemon_name_config(const struct daemon *daemon, int code, struct status *status);
// daemon_plugins.c. Channels before the scripts, whose templates are held against them.
int daemon_open_channels(struct daemon *daemon, struct status *status);
int daemon_open_connectors(struct daemon *daemon, struct status *status);
void daemon_answer_api(struct daemon *daemon);  // daemon_api.c: fills in api.engine
