// A channel or connector written in Lua: a sandbox of its own in which plugin.lua turns
// messages into HTTP requests, and answers and callbacks into results and receipts; or
// asks a hospital's system for what is new, and reads its answers.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/value.h"

struct plugin;  // one configured channel or connector; one thread

struct plugin_info {  // what the plugin says of itself, for this configuration
  char name[32];      // of the plugin
  char address[16];   // kind of address that it needs: "phone", "wechat", "email"
  int64_t
      keyed_ms;  // takes the same key again for so long without sending twice; 0: never
  int64_t max_length;  // characters of a text; 0: no limit of its own
  bool merges;         // several messages may go in one text; not by fixed templates
  bool links;          // a patient's own link may be in a text
  bool receipts;       // the provider says later what it delivered
  bool reads;          // and what was opened
  bool queryable, inbound;
  bool dials;         // it rings people, and takes no texts
  bool robot;         // of one that rings: a machine speaks, not staff
  bool scenes;        // makes codes to scan, which come back as inbound follow and SCAN
  double per_second;  // what its provider takes, unless the settings say so; 0: any
  int64_t burst, per_day;
  char approved[8];    // knows texts by number, their variables by "names" or "order"; ""
  bool approved_only;  // takes no other texts
  bool pulls;          // a connector, which has these two only:
};

enum plugin_role { PLUGIN_CHANNEL, PLUGIN_CONNECTOR, PLUGIN_ANY };

struct plugin_source {
  const char *file;  // as errors name it: "plugins/sms-http/plugin.lua"
  const char *text;
  size_t len;
  enum plugin_role role;  // what it must be
};

// Runs the file and checks config (an encoded map) against the schema it declares. Keys
// of type "secret" become handles that the script can use but not read. The text of a
// failure names channel, key and remedy. Everything is copied.
int plugin_open(struct plugin **out, const struct plugin_source *source,
                const char *channel, const struct value *config, struct status *status);
void plugin_close(struct plugin *plugin);
const struct plugin_info *plugin_info(const struct plugin *plugin);

// These call the plugin's functions, each with a budget of its own. Failures are the
// plugin's: the text has file and line. out is appended to, unless it fails.
// message: map {key,to,text,body,program,class,safety,now,sent}, of a call also
// {form,from}. request: map as
// plugin_request.h has it; it holds secrets: never log more than its `shown`. query asks
// what has become of a message that may have been sent. ERR_CONFLICT: the plugin says
// that this message can't go this way, and why.
int plugin_send(struct plugin *plugin, const struct value *message, struct buf *request,
                struct status *status);
int plugin_query(struct plugin *plugin, const struct value *message, struct buf *request,
                 struct status *status);
// response: map {status,headers,body,now,step}. result: map with one of accepted=id
// retry=seconds delayed=seconds permanent=reason config=reason ambiguous=reason, or
// next=request: another call before there is a result. queried also has absent=reason:
// the provider knows nothing of the message.
int plugin_result(struct plugin *plugin, const struct value *response,
                  const struct value *message, struct buf *result, struct status *status);
int plugin_queried(struct plugin *plugin, const struct value *response,
                   const struct value *message, struct buf *result,
                   struct status *status);
// request: map {method,query,headers,body,now}. out: map {items = list of receipts
// {id,state,detail} and of what people wrote {id,from,text,kind,at}, reply =
// {status,type,body}}.
int plugin_receipt(struct plugin *plugin, const struct value *request, struct buf *out,
                   struct status *status);
int plugin_inbound(struct plugin *plugin, const struct value *request, struct buf *out,
                   struct status *status);
// state: the map that pulled gave last, empty at first. request: as of plugin_send.
int plugin_pull(struct plugin *plugin, const struct value *state, struct buf *request,
                struct status *status);
// response: map {status,headers,body,json,now}; json is the body decoded, absent when it
// is none. out: map with records = list of {id,version,…}, state, more; or retry=seconds,
// or config=reason (link/pull.h says more).
int plugin_pulled(struct plugin *plugin, const struct value *response,
                  const struct value *state, struct buf *out, struct status *status);
// For specs: calls any function of the plugin's table with the values and its
// configuration. out: list of what it returns.
int plugin_call(struct plugin *plugin, const char *name,
                const struct value *const *values, int count, struct buf *out,
                struct status *status);
