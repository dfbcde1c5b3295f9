// Figures of connectors, as Prometheus reads them.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "link/connector_parts.h"

struct aw_metric *connector_metric(const struct aw_host *host, const char *name,
                                   const char *help, uint32_t kind) {
  struct connector *connector = connector_of(host);
  for (struct registered *at = connector->metrics; at; at = at->next)
    if (!strcmp(((struct aw_metric *)at)->name, name)) return (struct aw_metric *)at;
  struct aw_metric *metric = mem_alloc(sizeof *metric);
  metric->name = mem_copy_text(name);
  metric->help = mem_copy_text(help);
  metric->kind = kind;
  registered_add(&metric->in, connector, &connector->metrics);
  return metric;
}

void connector_metric_add(struct aw_metric *metric, double by) { metric->value += by; }

void connector_metric_set(struct aw_metric *metric, double to) { metric->value = to; }

void connector_drop_metrics(struct connector *connector) {
  while (connector->metrics) {
    struct aw_metric *metric = (struct aw_metric *)connector->metrics;
    registered_remove(&metric->in);
    mem_free(metric->name);
    mem_free(metric->help);
    mem_free(metric);
  }
}

static const struct aw_metric *find(const struct connector *connector, const char *name) {
  for (struct registered *at = connector->metrics; at; at = at->next)
    if (!strcmp(((struct aw_metric *)at)->name, name)) return (struct aw_metric *)at;
  return NULL;
}

// One name, with every connector from this one on that has it.
static void put(struct connector *const *connectors, size_t count,
                const struct aw_metric *first, struct buf *out) {
  buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", first->name, first->help, first->name,
             first->kind == AW_COUNTER ? "counter" : "gauge");
  for (size_t i = 0; i < count; i++) {
    const struct aw_metric *metric = find(connectors[i], first->name);
    if (metric)
      buf_printf(out, "%s{connector=\"%s\"} %.15g\n", metric->name, connectors[i]->name,
                 metric->value);
  }
}

void connector_metrics(struct connector *const *connectors, size_t count,
                       struct buf *out) {
  for (size_t i = 0; i < count; i++)
    for (struct registered *at = connectors[i]->metrics; at; at = at->next) {
      const struct aw_metric *metric = (const struct aw_metric *)at;
      bool before = false;
      for (size_t j = 0; j < i; j++) before |= find(connectors[j], metric->name) != NULL;
      if (!before) put(connectors + i, count - i, metric, out);
    }
}
