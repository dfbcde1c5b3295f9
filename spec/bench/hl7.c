// Reads and maps HL7 messages as the plugin does, on one core, without listener and
// store: bench_hl7 MAP.lua FILE TIMES.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "link/connector_parts.h"
#include "map.h"
#include "script/table_file.h"
#include "tally.h"

struct reading {
  struct map map;
  char *text;
  size_t size, messages, events, bytes;
};

static void fail(const char *what) {
  fprintf(stderr, "bench_hl7: %s\n", what);
  exit(1);
}

static void read_file(struct reading *work, const char *path) {
  FILE *file = fopen(path, "rbe");
  if (!file || fseek(file, 0, SEEK_END)) fail(path);
  work->size = (size_t)ftell(file);
  rewind(file);
  work->text = mem_alloc(work->size + 1);
  if (fread(work->text, 1, work->size, file) != work->size) fail(path);
  fclose(file);
}

static void on_made(void *self, const struct text *json) {
  struct reading *work = self;
  work->events++;
  work->bytes += json->len;
}

// As it came from the wire: its encoding first, then its segments, then its events.
static void take(struct reading *work, struct slice frame) {
  struct text text = {0};
  struct message message = {0};
  if (!encoding_read(frame, encoding_of(frame, ENCODING_AUTO), &text)) fail("encoding");
  const char *why = message_read(&message, text_slice(&text));
  if (why) fail(why);
  if (map_message(&work->map, &message, on_made, work) != MAP_EVENTS) fail("no events");
  message_free(&message);
  text_free(&text);
  work->messages++;
}

static void take_all(struct reading *work) {
  for (char *at = work->text, *end; (end = strchr(at, '\x1C')); at = end + 2)
    take(work, (struct slice){at + 1, (size_t)(end - at) - 1});
}

int main(int argc, char **argv) {
  static struct connector connector = {
      .parts = {.table = table_file_read, .plugins = "."}};
  static struct reading work;
  char why[300] = "";
  if (argc != 4) {
    fputs("Usage: bench_hl7 MAP FILE TIMES\n", stderr);
    return 2;
  }
  connector_host_tables(&connector.host);
  work.map.host = &connector.host;
  work.map.root = connector.host.table(&connector.host, argv[1], why, sizeof why);
  if (!work.map.root || map_check(&work.map, why, sizeof why)) fail(why);
  read_file(&work, argv[2]);
  int64_t started = tally_now_us();
  for (int i = 0; i < atoi(argv[3]); i++) take_all(&work);
  double seconds = (double)(tally_now_us() - started) / 1e6;
  printf("messages %zu events %zu seconds %.3f per_second %.0f bytes %zu\n",
         work.messages, work.events, seconds, (double)work.messages / seconds, work.size);
  connector_drop_tables(&connector);
  mem_free(work.text);
  return 0;
}
