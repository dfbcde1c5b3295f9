// A connector that asks: a Lua plugin makes the request, this sends it, and hands the
// answer back; what the plugin reads from it goes into the inbox, and only when all of it
// is there, how far the plugin has come is kept. So whatever ends the process, nothing is
// lost, and what is read twice is known by its id.
#pragma once

#include "base/value.h"
#include "io/http_thread.h"
#include "run/kernel.h"

struct measures;
struct pull;

// The plugin as a struct of functions, which pulls.c fills in from script/plugin.h. One
// call at a time, of any thread.
struct pull_port {
  void *self;
  // request: a map as script/plugin_request.h has it.
  int (*pull)(void *self, const struct value *state, struct buf *request,
              struct status *status);
  // response: {body, headers, json, now, status}. out: {records, state, more}: records is
  // a list of {id, version} and one of event = {…} as POST /api/v1/events takes it, at =
  // "entry.1.resource", where a FHIR resource stands in json, and wrong = "why it is
  // none"; more: it asks again at once. Or {retry = seconds, detail}, perhaps with a
  // state, {config = reason}.
  int (*pulled)(void *self, const struct value *response, const struct value *state,
                struct buf *out, struct status *status);
  void (*free)(void *self);
};

struct pull_parts {  // borrowed
  struct loop *loop;
  struct kernel *kernel;
  struct clock *clock;
  const struct measures *measures;
  struct http_thread *client;                   // until pull_stop
  bool (*takes)(const char *type, size_t len);  // FHIR resources of this type
};

struct pull_config {          // copied
  const char *name, *plugin;  // of the connector, and its plugin
  const char *settings;       // encoded: where it may ask is what has addresses in these
  size_t settings_len;
  int64_t every_ms, timeout_ms;
  size_t most_bytes;  // of an answer
};

// Takes the port. It asks for the first time soon after.
struct pull *pull_new(const struct pull_parts *parts, const struct pull_config *config,
                      const struct pull_port *port);
void pull_stop(struct pull *pull);  // asks no more; before the client goes
void pull_free(struct pull *pull);  // after it, and after the kernel
const char *pull_name(const struct pull *pull);

// The inbox kind "pull": what could be made nothing of, refused with its reason. Once.
void pull_handlers(struct kernel *kernel);

// what "pull": it asks now, and done is told {answer, status} when it has had all there
// is, or has failed; "again": the same from the beginning, as the first time; "preview":
// what the next answer brings, and nothing is taken. ERR_CONFLICT: it is asking already.
// ERR_NOT_FOUND: it answers no such question.
int pull_ask(struct pull *pull, const char *what, inbox_done *done, void *ctx,
             struct status *status);

// An encoded map as connector_put has it, with done_at, error, state and watermark_at,
// which is the plugin's: state.watermark, in ms.
void pull_put(const struct pull *pull, struct buf *out);
void pull_metrics(struct pull *const *pulls, size_t count, struct buf *out);
// A sentence for who looks whether all is well; nothing when it is.
void pull_warn(const struct pull *pull, struct buf *out);
