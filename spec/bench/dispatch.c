// The dispatcher with a real plugin and nothing before it: so many messages to a gateway.
//   bench_dispatch PORT COUNT PLUGINS
// Prints one line "name value name value …".
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "channels_parts.h"
#include "io/http_thread.h"
#include "io/loop.h"
#include "tally.h"

enum { AT_ONCE = 64, AHEAD = 1024 };

struct sends {
  struct loop *loop;
  struct http_thread *client;
  struct dispatcher *dispatcher;
  struct channels_port port;
  int started, ended, accepted, count;
};

static void must(int code, const struct status *status) {
  if (!code) return;
  fprintf(stderr, "bench_dispatch: %s\n", status->text);
  exit(1);
}

static int64_t now(void *self) {
  (void)self;
  return 1772420400000;
}

static void start_one(struct sends *sends) {
  char key[32];
  snprintf(key, sizeof key, "d%d-0", ++sends->started);
  sends->port.start(
      sends->port.self,
      &(struct outgoing){.attempt = sends->started,
                         .message = sends->started,
                         .channel = "sms",
                         .address = "13900000000",
                         .key = key,
                         .text = "【基准】患者您好，出院已满一个月，请按医嘱复查；"
                                 "如有不适，请联系病区。",
                         .program = "基准",
                         .class_ = "education"});
}

static void take_result(void *self, int64_t attempt,
                        const struct channel_result *result) {
  struct sends *sends = self;
  (void)attempt;
  sends->accepted += result->kind == RESULT_ACCEPTED;
  sends->ended++;
  if (sends->started < sends->count) start_one(sends);
  if (sends->ended == sends->count) loop_stop(sends->loop);
}

static struct plugin *open_plugin(const char *folder, int port) {
  struct buf json = {0}, settings = {0};
  struct value view;
  struct status status = {0};
  struct plugin *plugin;
  struct configured configured = {.name = "sms", .plugin = "sms-http"};
  char digest[33];
  buf_printf(&json,
             "{\"url\":\"http://127.0.0.1:%d/send\",\"code\":\"code\",\"ok\":[\"0\"],"
             "\"id\":\"id\",\"fields\":{\"mobile\":\"{to}\",\"content\":\"{text}\","
             "\"uid\":\"{key}\",\"class\":\"{class}\"},\"keyed\":\"24h\"}",
             port);
  must(value_from_json(&settings, json.data, json.len, &status), &status);
  value_read(settings.data, settings.len, &view);
  value_put(&configured.settings, &view);
  must(channels_open_plugin(folder, &configured, &plugin, digest, &status), &status);
  buf_deinit(&configured.settings);
  buf_deinit(&settings);
  buf_deinit(&json);
  return plugin;
}

static void open_sends(struct sends *sends, const char *folder, int port) {
  struct plugin *plugin = open_plugin(folder, port);
  struct plugin_port sender = channels_port_of(plugin);
  struct channel_abilities can;
  struct status status = {0};
  sends->loop = loop_new();
  sends->client = http_thread_new(
      sends->loop, &(struct http_client_config){.connections = 256, .per_host = 256});
  sends->dispatcher = dispatcher_new(
      &(struct dispatcher_sink){.self = sends, .result = take_result, .now = now});
  channels_abilities(plugin, &can);
  struct channel_http_config config = {.name = "sms",
                                       .can = &can,
                                       .parallel = AT_ONCE,
                                       .client = sends->client,
                                       .loop = sends->loop};
  must(dispatcher_add(sends->dispatcher, channel_http_new(&config, &sender), &status),
       &status);
  sends->port = dispatcher_port(sends->dispatcher);
}

static double cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int argc, char **argv) {
  struct sends sends = {0};
  if (argc != 4) {
    fputs("Usage: bench_dispatch PORT COUNT PLUGINS\n", stderr);
    return 2;
  }
  open_sends(&sends, argv[3], atoi(argv[1]));
  sends.count = atoi(argv[2]);
  double cpu = cpu_us();
  int64_t began = tally_now_us();
  while (sends.started < sends.count && sends.started < AHEAD) start_one(&sends);
  loop_run(sends.loop);
  double seconds = (double)(tally_now_us() - began) / 1e6;
  printf("sends %d accepted %d seconds %.4f per_second %.1f cpu_us %.2f\n", sends.ended,
         sends.accepted, seconds, sends.ended / seconds, (cpu_us() - cpu) / sends.ended);
  dispatcher_stop(sends.dispatcher);
  http_thread_free(sends.client);
  dispatcher_free(sends.dispatcher);
  loop_free(sends.loop);
  return sends.accepted == sends.count ? 0 : 1;
}
