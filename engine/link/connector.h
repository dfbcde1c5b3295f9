// A connector: a native plugin (afterward_plugin.h) with the settings that the
// configuration gives it, and what it has registered.
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "base/value.h"
#include "io/loop.h"
#include "run/kernel.h"

struct connector;
struct measures;

struct connector_parts {  // borrowed
  struct loop *loop;
  struct kernel *kernel;
  const struct measures *measures;  // what units of readings are judged by
  struct clock *clock;
  const char *plugins;  // the folder with NAME/NAME.so
  // Reads a Lua file that returns a table, as an encoded value.
  int (*table)(const char *file, struct buf *encoded, struct status *status);
};

// Loads the plugin and makes the connector. The text of a failure names what is wrong and
// the remedy. settings is a map, as configured, with the key plugin.
int connector_open(struct connector **out, const struct connector_parts *parts,
                   const char *name, const char *plugin, const struct value *settings,
                   struct status *status);
// Undoes what it has registered and unloads it. Events on their way are not told any
// more.
void connector_stop(struct connector *connector);
void connector_free(struct connector *connector);  // stopped, after the kernel is gone
const char *connector_name(const struct connector *connector);

// Asks the plugin: done is told {answer, status}, at once or later; 503 when it stops.
// ERR_NOT_FOUND when it answers no questions.
int connector_ask(struct connector *connector, const char *what, const char *bytes,
                  size_t count, inbox_done *done, void *ctx, struct status *status);

// Puts an encoded map: name, plugin, version, does, listens (list of texts), streams,
// taken, refused (events).
void connector_put(const struct connector *connector, struct buf *out);
// The figures of all in Prometheus' text format, each name once with its connectors.
void connector_metrics(struct connector *const *connectors, size_t count,
                       struct buf *out);
