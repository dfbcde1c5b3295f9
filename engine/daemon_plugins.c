// What plugins bring to the daemon: channels and connectors.
#include <string.h>

#include "base/mem.h"
#include "daemon.h"
#include "fhir/type.h"
#include "script/table_file.h"

enum {
  CONNECTIONS = 256
};  // to gateways; how many one takes says its channel's `parallel`

static char *plugin_folder(struct daemon *daemon) {
  return daemon_text(daemon, daemon->options.plugins, "plugins",
                     "/usr/share/afterward/plugins");
}

int daemon_name_config(const struct daemon *daemon, int code, struct status *status) {
  return code && daemon->options.config
             ? status_prefix(status, "%s", daemon->options.config)
             : code;
}

// Before the scripts, whose templates are held against them.
int daemon_open_channels(struct daemon *daemon, struct status *status) {
  char *plugins = plugin_folder(daemon);
  daemon->client = http_thread_new(
      daemon->loop,
      &(struct http_client_config){.connections = CONNECTIONS, .per_host = CONNECTIONS});
  int code = channels_open(&daemon->channels,
                           &(struct channels_parts){.care = &daemon->engine.care,
                                                    .clock = &daemon->clock,
                                                    .loop = daemon->loop,
                                                    .client = daemon->client,
                                                    .plugins = plugins},
                           &daemon->settings, status);
  mem_free(plugins);
  return daemon_name_config(daemon, code, status);
}

static bool is_taken_as_fhir(const char *type, size_t len) {
  const struct fhir_type *found = fhir_type_find(type, len);
  return found && found->take && found->may & FHIR_CREATE;
}

// Where the engine itself finds its own door.
static void put_own_address(struct daemon *daemon, struct buf *out) {
  char *address = daemon_text(daemon, daemon->options.listen, "listen", "127.0.0.1:8080");
  char *colon = strrchr(address, ':');
  if (colon) *colon = '\0';
  bool any = !strcmp(address, "0.0.0.0") || !strcmp(address, "[::]") ||
             !strcmp(address, "::") || !*address;
  buf_printf(out, "http://%s:%d", any ? "127.0.0.1" : address, daemon->port);
  mem_free(address);
}

int daemon_open_connectors(struct daemon *daemon, struct status *status) {
  char *plugins = plugin_folder(daemon);
  struct engine *engine = &daemon->engine;
  struct buf server = {0};
  put_own_address(daemon, &server);
  int code = connectors_open(
      &daemon->connectors,
      &(struct connectors_parts){.listen = {.loop = daemon->loop,
                                            .kernel = engine->kernel,
                                            .measures = engine->measures,
                                            .clock = &daemon->clock,
                                            .plugins = plugins,
                                            .table = table_file_read},
                                 .pull = {.loop = daemon->loop,
                                          .kernel = engine->kernel,
                                          .clock = &daemon->clock,
                                          .measures = engine->measures,
                                          .client = daemon->client,
                                          .takes = is_taken_as_fhir},
                                 .drop = {.loop = daemon->loop,
                                          .clock = &daemon->clock,
                                          .zone = care_site_zone(&engine->care),
                                          .server = server.data}},
      &daemon->settings, status);
  buf_deinit(&server);
  mem_free(plugins);
  return daemon_name_config(daemon, code, status);
}
