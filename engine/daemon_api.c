// What the API asks of the running daemon.
#include <string.h>

#include "care/message_stranded.h"
#include "channels_test.h"
#include "daemon.h"
#include "fhir/hook.h"

static int receive_callback(void *self, const char *channel,
                            const struct api_callback *callback, struct api_reply *reply,
                            struct status *status) {
  struct daemon *daemon = self;
  struct dispatcher_reply answer = {0};
  struct dispatcher_callback call = {
      .which = callback->inbound ? CHANNEL_INBOUND : CHANNEL_RECEIPT,
      .peer = callback->peer,
      .method = callback->method,
      .query = callback->query,
      .bind_key = callback->bind_key,
      .bind_url = callback->bind_url,
      .headers = callback->headers,
      .header_count = callback->header_count,
      .body = callback->body,
      .body_len = callback->body_len};
  int code =
      dispatcher_callback(daemon->channels.dispatcher, channel, &call, &answer, status);
  reply->status = answer.status;
  memcpy(reply->type, answer.type, sizeof reply->type);
  reply->body = answer.body;
  reply->receipts = answer.receipts;
  reply->inbound = answer.inbound;
  reply->calls = answer.calls;
  return code;
}

static void list_channels(void *self, struct buf *out) {
  channels_list(&((struct daemon *)self)->channels, out);
}

static void list_connectors(void *self, struct buf *out) {
  connectors_list(&((struct daemon *)self)->connectors, out);
}

static int ask_connector(void *self, const char *connector, const char *what,
                         const struct value *text, inbox_done *done, void *ctx,
                         struct status *status) {
  return connectors_ask(&((struct daemon *)self)->connectors, connector, what,
                        text->text.data, text->text.len, done, ctx, status);
}

static int test_channel(void *self, const struct outgoing *outgoing, inbox_done *done,
                        void *ctx, struct status *status) {
  return channels_test(((struct daemon *)self)->channels.dispatcher, outgoing, done, ctx,
                       status);
}

static void ask_reload(void *self, const char *department, const char *who) {
  reload_ask(((struct daemon *)self)->reload, department, who, true);
  if (!department) daemon_configure(self);
}

static const char *doing(void *self, const char *department) {
  return reload_doing(((struct daemon *)self)->reload, department);
}

static int activate(void *self, const struct api_activation *asked, int64_t *version,
                    struct status *status) {
  struct reload *reload = ((struct daemon *)self)->reload;
  if (asked->canary)
    return reload_promote(reload, asked->department, asked->withdraw, asked->who, version,
                          status);
  return reload_activate(reload, asked->department, asked->hash, asked->back, asked->who,
                         version, status);
}

static void compare(void *self, const struct api_comparison *asked, inbox_done *done,
                    void *done_self) {
  compare_ask(((struct daemon *)self)->compare, asked, done, done_self);
}

static const struct http_counters *http_figures(void *self) {
  return http_front_counters(((struct daemon *)self)->server);
}

static void put_guess(void *self, const char *calendar, int year) {
  buf_printf(self, "afterward_calendar_unknown{calendar=\"%s\",year=\"%d\"} 1\n",
             calendar, year);
}

static void put_warning(void *self, const char *calendar, int year) {
  buf_printf(self,
             strcmp(calendar, "festivals")
                 ? "calendar %s has no holidays of %d: working days are guessed\n"
                 : "%s of %d are not known: patients get messages at New Year and "
                   "Qingming\n",
             calendar, year);
}

static void warnings(void *self, struct buf *out) {
  struct daemon *daemon = self;
  size_t before = out->len;
  engine_each_guess(&daemon->engine, put_warning, out);
  if (out->len > before)
    buf_puts(out,
             "add the days to the calendar's file (cn's is "
             "scripts/shared/calendar/cn.csv) and reload\n");
  message_stranded(&daemon->engine.care, out);
  connectors_warn(&daemon->connectors, out);
  if (daemon->fhir.care) fhir_hooks_warn(&daemon->fhir, out);
}

static void metrics(void *self, struct buf *out) {
  struct daemon *daemon = self;
  const struct histogram *stalls = loop_stalls(daemon->loop);
  buf_puts(out, "# TYPE afterward_loop_stall_seconds histogram\n");
  histogram_put(stalls, "afterward_loop_stall_seconds", "", out);
  buf_printf(out,
             "# TYPE afterward_loop_stall_most_seconds gauge\n"
             "afterward_loop_stall_most_seconds %.15g\n",
             (double)stalls->most_ms / 1e3);
  buf_puts(out, "# TYPE afterward_calendar_unknown gauge\n");
  engine_each_guess(&daemon->engine, put_guess, out);
  channels_metrics(&daemon->channels, out);
  reload_metrics(daemon->reload, out);
  connectors_metrics(&daemon->connectors, out);
}

static void health(void *self, struct buf *reasons) {
  struct daemon *daemon = self;
  if (daemon->failure[0])
    buf_printf(reasons, "the last batch was refused: %s\n", daemon->failure);
  if (daemon->engine.care.clock_held)
    buf_puts(reasons,
             "the clock jumped: messages to patients wait for afterward clock "
             "confirm\n");
  if (daemon->stopping) buf_puts(reasons, "stopping\n");
}

void daemon_answer_api(struct daemon *daemon) {
  daemon->api.engine = (struct api_engine){.self = daemon,
                                           .callback = receive_callback,
                                           .channels = list_channels,
                                           .connectors = list_connectors,
                                           .ask = ask_connector,
                                           .test = test_channel,
                                           .http = http_figures,
                                           .health = health,
                                           .warnings = warnings,
                                           .reload = ask_reload,
                                           .doing = doing,
                                           .activate = activate,
                                           .compare = compare,
                                           .metrics = metrics};
}
