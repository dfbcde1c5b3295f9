// Connectors as the configuration names them: `connectors = { his = { plugin = "hl7", … }
// }`. A plugin that is a shared library listens; one with a plugin.lua asks; csv-drop is
// a folder of lists.
#pragma once

#include "drop.h"
#include "link/connector.h"
#include "link/pull.h"

struct tokens;

enum { CONNECTORS_MOST = 64 };

struct connectors {
  struct connector *list[CONNECTORS_MOST];
  size_t count;
  struct pull *pulls[CONNECTORS_MOST];
  size_t pull_count;
  struct drop *drops[CONNECTORS_MOST];
  size_t drop_count;
};

struct connectors_parts {  // borrowed
  struct connector_parts listen;
  struct pull_parts pull;
  struct drop_parts drop;
};

// The text of a failure names the connector and the remedy.
int connectors_open(struct connectors *connectors, const struct connectors_parts *parts,
                    const struct value *settings, struct status *status);
void connectors_stop_asking(struct connectors *connectors);  // before the client goes
// Tokens with which folders of lists post their rows, beside the configured ones.
void connectors_add_tokens(const struct connectors *connectors, struct tokens *tokens);
void connectors_stop(struct connectors *connectors);  // unloads; before the kernel ends
void connectors_free(struct connectors *connectors);  // after it
// As connector_ask; ERR_NOT_FOUND when there is no connector of this name.
int connectors_ask(struct connectors *connectors, const char *name, const char *what,
                   const char *bytes, size_t count, inbox_done *done, void *ctx,
                   struct status *status);
void connectors_list(const struct connectors *connectors, struct buf *out);  // encoded
void connectors_metrics(const struct connectors *connectors, struct buf *out);
// Sentences of those that bring nothing until a person does something.
void connectors_warn(const struct connectors *connectors, struct buf *out);
