// Runs a fuzz driver over recorded inputs: every file named, and every file of every
// folder named.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  struct buf input = {0};
  char block[4096];
  size_t got;
  while ((got = fread(block, 1, sizeof block, file)) > 0) buf_put(&input, block, got);
  fclose(file);
  // Without spare room behind it, so that the sanitizer sees a read past the end.
  uint8_t *exact = malloc(input.len ? input.len : 1);
  if (!exact) abort();
  memcpy(exact, buf_text(&input), input.len);
  fprintf(stderr, "replay %s (%zu bytes)\n", path, input.len);
  LLVMFuzzerTestOneInput(exact, input.len);
  free(exact);
  buf_deinit(&input);
  return 1;
}

static int replay_path(const char *path) {
  DIR *folder = opendir(path);
  if (!folder) return replay_file(path);
  int count = 0;
  struct buf name = {0};
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] == '.') continue;
    buf_clear(&name);
    buf_printf(&name, "%s/%s", path, entry->d_name);
    count += replay_file(buf_text(&name));
  }
  buf_deinit(&name);
  closedir(folder);
  return count;
}

int main(int argc, char **argv) {
  int count = 0;
  for (int i = 1; i < argc; i++) count += replay_path(argv[i]);
  fprintf(stderr, "%d inputs replayed\n", count);
  return count > 0 ? 0 : 1;
}
