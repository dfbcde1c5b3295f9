#include "daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/iso.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/attachment.h"
#include "care/clock_hold.h"
#include "care/dial.h"
#include "config.h"
#include "notify.h"
#include "script/table_file.h"
#include "script_path.h"

enum {
  TIMER_MOST_MS = 30000,
  RETRY_MS = 1000,
  GRACE_MS = 5000,
  ENDING_MS = 20,
  LAST_BATCHES = 8,
  LOOK_MS = 100
};

static bool work(void *self) {
  struct daemon *daemon = self;
  struct status status = {0};
  clock_jumped(&daemon->engine.care, clock_watch(&daemon->watch, &daemon->clock));
  if (daemon->retry_at && clock_steady_ms() < daemon->retry_at) return false;
  bool more = kernel_step(daemon->engine.kernel, &status);
  if (status.code) {
    snprintf(daemon->failure, sizeof daemon->failure, "%s", status.text);
    daemon->retry_at = clock_steady_ms() + RETRY_MS;
    log_line(LOG_LEVEL_ERROR, "commit.refused", "reason=\"%s\" retry_in_ms=%d",
             status.text, RETRY_MS);
  } else if (more || daemon->retry_at) {
    daemon->failure[0] = 0;
    daemon->retry_at = 0;
  }
  return more;
}

// Due times are compared with the wall clock; 30 s at most pass without looking
// (DESIGN.md §10).
static void arm(struct daemon *daemon) {
  int64_t next = kernel_next_due(daemon->engine.kernel), wait = TIMER_MOST_MS;
  if (next != INT64_MAX) {
    double left = (double)(next - clock_now(&daemon->clock)) / daemon->clock.speed;
    if (left < wait) wait = left < 1 ? 1 : (int64_t)left + 1;
  }
  if (daemon->retry_at && wait > RETRY_MS) wait = RETRY_MS;
  if (daemon->stopping && wait > ENDING_MS) wait = ENDING_MS;
  loop_timer_arm(daemon->due, wait);
}

static void alive(void *self) {
  struct daemon *daemon = self;
  notify_send("WATCHDOG=1");
  loop_timer_arm(daemon->watchdog, notify_watchdog_ms());
}

// What is on its way to a gateway is waited for and its result committed: an attempt cut
// off would be in doubt. Whatever does not end in twice its time is left: who stops the
// service must not have to kill it.
static void end_when_quiet(struct daemon *daemon) {
  int64_t now = clock_steady_ms();
  bool late = now >= daemon->end_at, over = now >= daemon->end_at + GRACE_MS;
  size_t calls = dispatcher_load(daemon->channels.dispatcher);
  if (daemon->ended || (!over && (!daemon->doors_shut || (calls && !late)))) return;
  daemon->ended = true;
  if (calls || !daemon->doors_shut)
    log_line(LOG_LEVEL_WARN, "daemon.cut_off", "doors_shut=%d calls=%zu",
             daemon->doors_shut, calls);
  bool more = true;
  for (int i = 0; i < LAST_BATCHES && more; i++) {
    more = work(daemon);
    more = kernel_settle(daemon->engine.kernel) || more;
  }
  loop_stop(daemon->loop);
}

static void doors_shut(void *self) { ((struct daemon *)self)->doors_shut = true; }

// At the start and every day: nobody reads a log of last spring in autumn.
static void warn_daily(struct daemon *daemon) {
  int64_t day = civil_floor_div(
      zone_to_local(care_site_zone(&daemon->engine.care), clock_now(&daemon->clock)),
      CIVIL_DAY_MS);
  if (daemon->warned == day) return;
  daemon->warned = day;
  engine_warn_of_years(&daemon->engine);
}

// After each round of the loop, whatever brought it about. Nothing may hang on the call
// of the timer armed here: a round that ends just when it is due arms it anew before it
// fires.
static bool work_and_arm(void *self) {
  struct daemon *daemon = self;
  http_front_serve(daemon->server);
  bool more = work(daemon);
  if (daemon->stopping) end_when_quiet(daemon);
  if (more) return true;
  warn_daily(daemon);
  arm(daemon);
  return false;
}

static void look_at_work(void *self) { (void)self; }  // the loop does after each round

// The files are read beside the loop: what becomes of them the log says then.
static void reload(struct daemon *daemon) {
  notify_send("RELOADING=1");
  log_line(LOG_LEVEL_INFO, "daemon.reload", "scripts=%s", daemon->scripts);
  reload_ask(daemon->reload, NULL, "signal", false);
  daemon_configure(daemon);
  notify_send("READY=1");
}

// Of the settings, channels take effect at once; the others wait for a restart, and are
// named. A file that is wrong changes nothing.
void daemon_configure(struct daemon *daemon) {
  struct buf bytes = {0};
  struct value settings;
  struct status status = {0};
  if (!daemon->options.config) {
    channels_reload(&daemon->channels);
    return;
  }
  if (!table_file_read(daemon->options.config, &bytes, &status) &&
      value_read(bytes.data, bytes.len, &settings) && !config_check(&settings, &status)) {
    config_log_waiting(&daemon->settings, &settings);
    channels_configure(&daemon->channels, &settings);
  } else {
    log_line(LOG_LEVEL_ERROR, "config.refused", "reason=\"%s\"", status.text);
    channels_reload(&daemon->channels);
  }
  buf_deinit(&bytes);
}

static void signalled(void *self, int number) {
  struct daemon *daemon = self;
  if (number == SIGHUP) {
    reload(daemon);
    return;
  }
  if (daemon->stopping) return;
  daemon->stopping = true;
  log_line(LOG_LEVEL_INFO, "daemon.stopping", "signal=%d", number);
  notify_send("STOPPING=1");
  dispatcher_stop(daemon->channels.dispatcher);
  daemon->end_at = clock_steady_ms() + GRACE_MS;
  http_front_stop(daemon->server, GRACE_MS, doors_shut, daemon);
  arm(daemon);
}

char *daemon_text(struct daemon *daemon, const char *given, const char *key,
                  const char *otherwise) {
  struct value field = value_field(&daemon->settings, key);
  char *set = given ? NULL : value_copy_text(&field);
  return set ? set : mem_copy_text(given ? given : otherwise);
}

static int read_config(struct daemon *daemon, struct status *status) {
  if (daemon->options.config) {
    if (table_file_read(daemon->options.config, &daemon->config, status))
      return status->code;
  } else {
    value_end(&daemon->config, value_begin_map(&daemon->config), 0);
  }
  value_read(daemon->config.data, daemon->config.len, &daemon->settings);
  return config_check(&daemon->settings, status);
}

static int start_clock(struct daemon *daemon, struct status *status) {
  struct zones zones;
  const struct zone *zone;
  int64_t start;
  if (!daemon->options.clock_start) {
    clock_init_system(&daemon->clock);
    return OK;
  }
  struct value name = value_field(&daemon->settings, "zone");
  char *text = value_copy_text(&name);
  zones_init(&zones, NULL);
  int code = zones_find(&zones, text ? text : "Asia/Shanghai", &zone, status);
  if (!code) code = iso_parse(daemon->options.clock_start, zone, &start, status);
  if (!code) clock_init_fast(&daemon->clock, start, daemon->options.clock_speed);
  zones_deinit(&zones);
  mem_free(text);
  return code;
}

static int open_store(const char *state, struct store **store, struct status *status) {
  struct buf path = {0};
  if (mkdir(state, 0700) && errno != EEXIST)
    return status_fail(status, ERR_IO, "state folder %s can't be made: %s", state,
                       strerror(errno));
  buf_printf(&path, "%s/afterward.db", state);
  int code = store_open(store, path.data, status);
  buf_deinit(&path);
  return code;
}

// Nothing more is answered or sent from what may be wrong. The service manager starts it
// again, and then it reads what is really there.
static void lost(void *self, const char *why) {
  (void)self;
  log_line(LOG_LEVEL_ERROR, "store.lost",
           "reason=\"%s\" remedy=\"look at the disk; if it says so again after the next "
           "start, stop the service and bring back a backup\"",
           why);
  _exit(EXIT_FAILURE);
}

static int open_engine(struct daemon *daemon, struct status *status) {
  struct store *store;
  char *state = daemon_text(daemon, daemon->options.state, "state", "/var/lib/afterward");
  int code = open_store(state, &store, status);
  mem_free(state);
  if (code) return code;
  store_on_lost(store, lost, NULL);
  code = engine_open(&daemon->engine, store, &daemon->clock, &daemon->settings, status);
  daemon->engine_open = !code;
  return code;
}

static bool somebody_waits(void *self) {
  return http_front_waits(((struct daemon *)self)->server);
}

static int listen_on(struct daemon *daemon, struct status *status) {
  char *address = daemon_text(daemon, daemon->options.listen, "listen", "127.0.0.1:8080");
  struct buf host = {0};
  const char *colon = strrchr(address, ':'), *digits = colon ? colon + 1 : "";
  size_t len = strspn(digits, "0123456789");
  long number = len && len <= 5 && !digits[len] ? strtol(digits, NULL, 10) : -1;
  int port = ERR_INVALID;
  if (number < 0 || number > 65535)
    status_fail(status, ERR_INVALID, "listen: must be host:port, such as 127.0.0.1:8080");
  else {
    buf_put(&host, address, (size_t)(colon - address));
    port = http_front_listen(daemon->server, buf_text(&host), (int)number, status);
  }
  buf_deinit(&host);
  mem_free(address);
  return port;
}

// Written whole and then named, so that who waits for it never reads half a number.
static int write_port(const char *path, int port, struct status *status) {
  struct buf part = {0};
  buf_printf(&part, "%s.part", path);
  FILE *file = fopen(part.data, "w");
  bool ok = file && fprintf(file, "%d\n", port) > 0;
  if (file && fclose(file)) ok = false;
  if (ok && rename(part.data, path)) ok = false;
  buf_deinit(&part);
  return ok ? OK
            : status_fail(status, ERR_IO, "port file %s can't be written: %s", path,
                          strerror(errno));
}

// Before anything is touched: when somebody has the port, it may be the engine itself.
// Who connects waits until the doors open.
static int take_port(struct daemon *daemon, struct status *status) {
  struct http_server_config config = {.handle = api_handle,
                                      .room = api_room,
                                      .prepare = api_prepare,
                                      .problem = api_problem,
                                      .ctx = &daemon->api};
  struct value proxies = value_field(&daemon->settings, "trusted_proxies");
  char *trusted = value_copy_text(&proxies);
  http_limits_init(&config.limits);
  config.trusted_proxies = trusted;
  daemon->server = http_front_new(daemon->loop, &config, status);
  mem_free(trusted);
  if (!daemon->server) return status->code;
  daemon->port = listen_on(daemon, status);
  return daemon->port < 0 ? daemon->port : OK;
}

static int open_server(struct daemon *daemon, struct status *status) {
  http_front_start(daemon->server);
  kernel_on_hurry(daemon->engine.kernel, somebody_waits, daemon);
  log_line(LOG_LEVEL_INFO, "daemon.ready", "port=%d", daemon->port);
  return daemon->options.port_file
             ? write_port(daemon->options.port_file, daemon->port, status)
             : OK;
}

static int open_doors(struct daemon *daemon, struct status *status) {
  if (daemon_open_connectors(daemon, status)) return status->code;
  message_recover(&daemon->engine.care);
  dial_recover(&daemon->engine.care);
  attachment_sweep(&daemon->engine.care);
  int code = api_init(&daemon->api, &daemon->engine.care, status);
  daemon->api_open = !code;
  if (code) return code;
  connectors_add_tokens(&daemon->connectors, &daemon->api.tokens);
  daemon->api.loop = daemon->loop;
  daemon_answer_api(daemon);
  if (fhir_open(&daemon->fhir, &daemon->api,
                &(struct fhir_parts){.loop = daemon->loop, .client = daemon->client},
                status))
    return daemon_name_config(daemon, status->code, status);
  return OK;
}

static int find_scripts(struct daemon *daemon, struct status *status) {
  struct stat info;
  daemon->scripts =
      daemon_text(daemon, daemon->options.scripts, "scripts", script_folder(NULL, false));
  if (!stat(daemon->scripts, &info) && S_ISDIR(info.st_mode)) return OK;
  return status_fail(
      status, ERR_NOT_FOUND,
      "there is no folder of scripts %s: make it, or say another with --scripts "
      "or the configuration's key scripts",
      daemon->scripts);
}

// What the database has active is active; files that have changed since are taken beside
// it, as when they are saved. Departments that are new have theirs before the doors open;
// one with broken scripts does not keep the others from starting.
static int load_scripts(struct daemon *daemon) {
  daemon->reload = reload_new(&daemon->engine, daemon->loop, daemon->scripts);
  daemon->compare = compare_new(&daemon->engine, daemon->loop);
  reload_ask(daemon->reload, NULL, "start", false);
  while (reload_starting(daemon->reload)) loop_step(daemon->loop, LOOK_MS);
  warn_daily(daemon);
  return OK;
}

static void synced(void *self) { loop_wake_send(self); }

static void watch(struct daemon *daemon) {
  daemon->due = loop_timer_new(daemon->loop, look_at_work, daemon);
  daemon->synced = loop_wake_new(daemon->loop, look_at_work, daemon);
  store_sync_apart(daemon->engine.store, synced, daemon->synced);
  loop_set_work(daemon->loop, work_and_arm, daemon);
  loop_on_signal(daemon->loop, signalled, daemon);
  reload_watch(daemon->reload);
  channels_watch(&daemon->channels);
}

int daemon_start(struct daemon *daemon, struct status *status) {
  daemon->loop = loop_new();
  if (read_config(daemon, status) || start_clock(daemon, status) ||
      find_scripts(daemon, status) || take_port(daemon, status) ||
      open_engine(daemon, status) || daemon_open_channels(daemon, status) ||
      load_scripts(daemon) || open_doors(daemon, status))
    return status->code;
  watch(daemon);  // first: who is told that it is ready may signal at once
  if (open_server(daemon, status)) return status->code;
  if (notify_watchdog_ms()) {
    daemon->watchdog = loop_timer_new(daemon->loop, alive, daemon);
    alive(daemon);
  }
  notify_send("READY=1");
  return OK;
}

void daemon_run(struct daemon *daemon) {
  arm(daemon);
  loop_run(daemon->loop);
}

void daemon_free(struct daemon *daemon) {
  if (daemon->watchdog) loop_timer_free(daemon->watchdog);
  if (daemon->due) loop_timer_free(daemon->due);
  if (daemon->loop) loop_set_work(daemon->loop, NULL, NULL);
  if (daemon->channels.dispatcher) {
    channels_stop(&daemon->channels);
    dispatcher_stop(daemon->channels.dispatcher);
  }
  fhir_stop(&daemon->fhir);
  connectors_stop_asking(&daemon->connectors);
  if (daemon->client) http_thread_free(daemon->client);
  connectors_stop(&daemon->connectors);
  compare_free(daemon->compare);  // who asked is answered by the api
  if (daemon->api_open) api_deinit(&daemon->api);
  fhir_close(&daemon->fhir);
  if (daemon->server) http_front_free(daemon->server);
  if (daemon->channels.dispatcher) channels_free(&daemon->channels);
  reload_free(daemon->reload);
  if (daemon->engine_open) engine_close(&daemon->engine, NULL);
  connectors_free(&daemon->connectors);
  if (daemon->synced) loop_wake_free(daemon->synced);
  if (daemon->loop) loop_free(daemon->loop);
  mem_free(daemon->scripts);
  buf_deinit(&daemon->config);
}
