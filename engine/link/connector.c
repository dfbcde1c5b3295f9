#include "link/connector.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/mapping.h"
#include "link/connector_parts.h"

enum { WHY_SIZE = 256 };

void registered_add(struct registered *in, struct connector *connector,
                    struct registered **list) {
  in->connector = connector;
  in->next = *list;
  in->self = list;
  if (in->next) in->next->self = &in->next;
  *list = in;
}

void registered_remove(struct registered *in) {
  *in->self = in->next;
  if (in->next) in->next->self = in->self;
}

// A plugin of another ABI is not looked into further than its first two members.
static int judge(const struct connector *connector, const char *path,
                 struct status *status) {
  const struct aw_plugin *plugin = connector->plugin;
  if (!plugin)
    return status_fail(status, ERR_INVALID,
                       "%s exports no constant afterward_plugin: is it a plugin of "
                       "Afterward? See afterward_plugin.h",
                       path);
  if (plugin->abi != AW_ABI)
    return status_fail(status, ERR_INVALID,
                       "%s was built for plugin ABI %u, and this engine has %u: build "
                       "it again with this engine's afterward_plugin.h",
                       path, plugin->abi, AW_ABI);
  if (plugin->size < sizeof *plugin)
    return status_fail(status, ERR_INVALID,
                       "%s says that its aw_plugin has %u bytes, and %zu are needed: set "
                       ".size = sizeof afterward_plugin",
                       path, plugin->size, sizeof *plugin);
  if (!plugin->name || strcmp(plugin->name, connector->plugin_name) != 0)
    return status_fail(status, ERR_INVALID,
                       "%s calls itself \"%s\": name it as its folder", path,
                       plugin->name ? plugin->name : "");
  if (!plugin->version || !plugin->does || !plugin->settings || !plugin->load ||
      !plugin->unload)
    return status_fail(status, ERR_INVALID,
                       "%s lacks one of version, does, settings, load, unload", path);
  return OK;
}

// In the configured folder, else where this machine's packages put libraries.
static void find_library(const struct connector *connector, struct buf *path) {
  const char *name = connector->plugin_name;
  buf_printf(path, "%s/%s/%s.so", connector->parts.plugins, name, name);
  if (access(path->data, F_OK) == 0) return;
  struct buf packaged = {0};
  buf_printf(&packaged, AFTERWARD_PLUGIN_DIR "/%s/%s.so", name, name);
  if (access(packaged.data, F_OK) == 0) {
    buf_clear(path);
    buf_puts(path, packaged.data);
  }
  buf_deinit(&packaged);
}

static int open_library(struct connector *connector, struct status *status) {
  struct buf path = {0};
  find_library(connector, &path);
  connector->library = dlopen(path.data, RTLD_NOW | RTLD_LOCAL);
  int code = OK;
  if (!connector->library) {
    code = status_fail(status, ERR_NOT_FOUND,
                       "%s can't be loaded: %.200s; is the plugin installed?", path.data,
                       dlerror());
  } else {
    connector->plugin = dlsym(connector->library, "afterward_plugin");
    code = judge(connector, path.data, status);
  }
  buf_deinit(&path);
  return code;
}

static int load(struct connector *connector, struct status *status) {
  char why[WHY_SIZE] = "";
  if (!connector->plugin->load(&connector->host, &connector->self, why, sizeof why)) {
    connector->loaded = true;
    log_line(LOG_LEVEL_INFO, "connector.loaded", "name=%s plugin=%s version=%s",
             connector->name, connector->plugin->name, connector->plugin->version);
    return OK;
  }
  why[sizeof why - 1] = '\0';
  return status_fail(status, ERR_INVALID, "%s",
                     why[0] ? why : "it did not load, and did not say why");
}

int connector_open(struct connector **out, const struct connector_parts *parts,
                   const char *name, const char *plugin, const struct value *settings,
                   struct status *status) {
  struct connector *connector = mem_alloc(sizeof *connector);
  connector->parts = *parts;
  connector->name = mem_copy_text(name);
  connector->plugin_name = mem_copy_text(plugin);
  connector->host = (struct aw_host){
      .abi = AW_ABI, .size = sizeof connector->host, .name = connector->name};
  connector_host(&connector->host);
  connector_host_tables(&connector->host);
  connector_host_answers(&connector->host);
  *out = connector;
  if (!open_library(connector, status) &&
      !connector_read_settings(connector, settings, status) && !load(connector, status))
    return OK;
  connector_stop(connector);
  connector_free(connector);
  *out = NULL;
  return status_prefix(status, "connector \"%s\"", name);
}

void connector_stop(struct connector *connector) {
  if (connector->stopped) return;
  connector->stopped = true;
  connector_close_streams(connector);
  connector_leave_events(connector);
  connector_leave_asked(connector);
  if (connector->loaded) connector->plugin->unload(&connector->host, connector->self);
  connector->loaded = false;
}

void connector_free(struct connector *connector) {
  connector_drop_events(connector);
  connector_drop_tables(connector);
  connector_drop_metrics(connector);
  connector_free_settings(connector);
  if (connector->library) dlclose(connector->library);
  mem_free(connector->plugin_name);
  mem_free(connector->name);
  mem_free(connector);
}

const char *connector_name(const struct connector *connector) { return connector->name; }

static int64_t count(const struct registered *list) {
  int64_t number = 0;
  for (; list; list = list->next) number++;
  return number;
}

static void put_listens(const struct connector *connector, struct buf *out) {
  size_t list = value_begin_list(out);
  for (struct registered *in = connector->listeners; in; in = in->next)
    value_put_text(out, ((struct aw_listener *)in)->address);
  value_end(out, list, (uint32_t)count(connector->listeners));
}

void connector_put(const struct connector *connector, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "does", connector->plugin->does);
  mapping_key(&map, "listens");
  put_listens(connector, out);
  mapping_text(&map, "name", connector->name);
  mapping_text(&map, "plugin", connector->plugin->name);
  mapping_int(&map, "refused", (int64_t)connector->refused);
  mapping_int(&map, "streams", count(connector->streams));
  mapping_int(&map, "taken", (int64_t)connector->taken);
  mapping_text(&map, "version", connector->plugin->version);
  mapping_end(&map);
}
