// How fast phrases are found: bench_phrases PHRASES TEXT
// PHRASES has one a line. Prints megabytes a second of finding and, as the limit, of
// reading the text's characters at all.
#include "base/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "tally.h"

static struct buf read_file(const char *path) {
  struct buf out = {0};
  char chunk[65536];
  FILE *file = fopen(path, "r");
  if (!file) exit(1);
  for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
    buf_put(&out, chunk, got);
  fclose(file);
  return out;
}

static int add_lines(struct phrases *list, const char *text) {
  int count = 0;
  for (size_t len; *text; text += len + 1, count++) {
    struct status status = {0};
    len = strcspn(text, "\n");
    if (phrases_add(list, text, len, count % 10 ? PHRASE_MEANS : PHRASE_NOT, &status) <
        0) {
      fprintf(stderr, "bench_phrases: %s\n", status.text);
      exit(1);
    }
  }
  phrases_seal(list);
  return count;
}

static double megabytes_a_second(size_t bytes, int64_t started) {
  return (double)bytes / (double)(tally_now_us() - started);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  struct buf lines = read_file(argv[1]), text = read_file(argv[2]);
  struct phrases *list = phrases_new();
  int64_t started = tally_now_us();
  int count = add_lines(list, buf_text(&lines));
  printf("phrases %d build_ms %.2f ", count, (double)(tally_now_us() - started) / 1000);
  struct phrase_hits hits = {0};
  started = tally_now_us();
  phrases_find(list, buf_text(&text), text.len, &hits);
  printf("found %zu find_mb %.2f ", hits.count, megabytes_a_second(text.len, started));
  started = tally_now_us();
  bool valid = utf8_valid(buf_text(&text), text.len);
  printf("valid %d read_mb %.2f\n", valid, megabytes_a_second(text.len, started));
  phrase_hits_deinit(&hits);
  phrases_free(list);
  buf_deinit(&lines);
  buf_deinit(&text);
  return 0;
}
