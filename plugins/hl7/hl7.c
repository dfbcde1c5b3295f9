// HL7 version 2 over MLLP: one listener, one peer's encoding and map.
#include "hl7.h"

#include <stdio.h>
#include <stdlib.h>

static const struct aw_setting settings[] = {
    {"listen", "127.0.0.1:2575", "where it listens", AW_TEXT},
    {"peers", "", "addresses and networks that may connect; empty: all", AW_TEXT},
    {"encoding", "auto", "utf-8, gb18030, or auto: by MSH-18, else as it reads", AW_TEXT},
    {"map", "hl7/map.lua", "what each message becomes", AW_TEXT},
    {"streams", "64", "connections at once", AW_NUMBER},
    {"megabytes", "16", "of one message at most", AW_NUMBER},
    {"seconds", "60", "in which a message that has begun must end", AW_NUMBER},
    {0}};

static int wrong(char *why, size_t room, const char *text) {
  snprintf(why, room, "%s", text);
  return -1;
}

static int read_settings(struct hl7 *hl7, char *why, size_t room) {
  const struct aw_host *host = hl7->host;
  int64_t megabytes = host->number(host, "megabytes"),
          seconds = host->number(host, "seconds");
  if (!encoding_parse(host->text(host, "encoding"), &hl7->encoding))
    return wrong(why, room, "encoding: must be auto, utf-8 or gb18030");
  if (megabytes < 1 || megabytes > 64)
    return wrong(why, room, "megabytes: must be 1 to 64");
  if (seconds < 1 || seconds > 3600)
    return wrong(why, room, "seconds: must be 1 to 3600");
  hl7->most = (size_t)megabytes << 20;
  hl7->patience = seconds * 1000;
  return 0;
}

static int read_map(struct hl7 *hl7, char *why, size_t room) {
  const struct aw_host *host = hl7->host;
  hl7->map = (struct map){host, host->table(host, host->text(host, "map"), why, room)};
  return hl7->map.root && !map_check(&hl7->map, why, room) ? 0 : -1;
}

static struct aw_metric *counter(struct hl7 *hl7, const char *name, const char *help) {
  return hl7->host->metric(hl7->host, name, help, AW_COUNTER);
}

static void make_figures(struct hl7 *hl7) {
  hl7->taken = counter(hl7, "afterward_hl7_taken_total", "messages that became events");
  hl7->ignored =
      counter(hl7, "afterward_hl7_ignored_total", "messages that the map ignores");
  hl7->refused =
      counter(hl7, "afterward_hl7_refused_total", "messages answered with AE or AR");
  hl7->junk = counter(hl7, "afterward_hl7_junk_total",
                      "frames that were no text in their encoding");
}

static int open_port(struct hl7 *hl7, char *why, size_t room) {
  const struct aw_host *host = hl7->host;
  struct aw_listen how = {.address = host->text(host, "listen"),
                          .peers = host->text(host, "peers"),
                          .most = (uint32_t)host->number(host, "streams"),
                          .opened = session_open,
                          .self = hl7};
  return host->listen(host, &how, why, room) ? 0 : -1;
}

static int load(const struct aw_host *host, void **self, char *why, size_t room) {
  struct hl7 *hl7 = calloc(1, sizeof *hl7);
  if (!hl7) return wrong(why, room, "no memory");
  hl7->host = host;
  make_figures(hl7);
  if (!read_settings(hl7, why, room) && !read_map(hl7, why, room) &&
      !open_port(hl7, why, room)) {
    *self = hl7;
    return 0;
  }
  free(hl7);
  return -1;
}

static void unload(const struct aw_host *host, void *self) {
  (void)host;
  free(self);
}

const struct aw_plugin afterward_plugin = {
    .abi = AW_ABI,
    .size = sizeof afterward_plugin,
    .name = "hl7",
    .version = "1.0.0",
    .does =
        "HL7 version 2 over MLLP: admissions, discharges, results, appointments, drugs",
    .settings = settings,
    .load = load,
    .ask = hl7_ask,
    .unload = unload};
