// What plugins bring to the daemon: channels and connectors.
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

int daemon_open_connectors(struct daemon *daemon, struct status *status) {
  char *plugins = plugin_folder(daemon);
  int code =
      connectors_open(&daemon->connectors,
                      &(struct connector_parts){.loop = daemon->loop,
                                                .kernel = daemon->engine.kernel,
                                                .measures = daemon->engine.measures,
                                                .clock = &daemon->clock,
                                                .plugins = plugins,
                                                .table = table_file_read},
                      &(struct pull_parts){.loop = daemon->loop,
                                           .kernel = daemon->engine.kernel,
                                           .clock = &daemon->clock,
                                           .measures = daemon->engine.measures,
                                           .client = daemon->client,
                                           .takes = is_taken_as_fhir},
                      &daemon->settings, status);
  mem_free(plugins);
  return daemon_name_config(daemon, code, status);
}
