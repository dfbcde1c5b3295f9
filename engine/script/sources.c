#include "script/sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/mem.h"
#include "script/bundle.h"

enum { FOLDERS_DEEP = 8, ENTRIES = 10000 };

struct reader {
  struct sources *sources;
  char *root;    // real path of the scripts folder
  size_t bytes;  // read so far
  int entries;   // looked at so far
  struct status *status;
};

void sources_add(struct sources *sources, const char *path, const char *text,
                 size_t len) {
  if (sources->count == sources->cap) {
    sources->cap = sources->cap ? 2 * sources->cap : 16;
    sources->items =
        mem_resize(sources->items, (size_t)sources->cap * sizeof *sources->items);
  }
  sources->items[sources->count++] = (struct source){
      .path = mem_copy_text(path), .text = mem_copy_bytes(text, len), .len = len};
}

void sources_deinit(struct sources *sources) {
  for (int i = 0; i < sources->count; i++) {
    mem_free(sources->items[i].path);
    mem_free(sources->items[i].text);
  }
  mem_free(sources->items);
  *sources = (struct sources){0};
}

void sources_hash(const struct sources *sources, char out[33]) {
  struct buf lines = {0};
  buf_printf(&lines, "afterward %d\n", SCRIPT_ABI);
  for (int i = 0; i < sources->count; i++) {
    digest_hex(sources->items[i].text, sources->items[i].len, out);
    buf_printf(&lines, "%s %s\n", out, sources->items[i].path);
  }
  digest_hex(lines.data, lines.len, out);
  buf_deinit(&lines);
}

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text), tail = strlen(end);
  return len > tail && strcmp(text + len - tail, end) == 0;
}

static bool is_source(const char *name) {
  return ends_with(name, ".lua") || ends_with(name, ".csv") || ends_with(name, ".json");
}

static int read_whole(struct reader *reader, const char *path, int fd, size_t size) {
  struct buf text = {0};
  char chunk[16384];
  ssize_t got;
  while (text.len <= size && (got = read(fd, chunk, sizeof chunk)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    buf_put(&text, chunk, (size_t)got);
  }
  int code = OK;
  if (text.len != size)
    code = status_fail(reader->status, ERR_IO, "%s changed while it was read", path);
  else
    sources_add(reader->sources, path, buf_text(&text), text.len);
  buf_deinit(&text);
  return code;
}

static int check_size(struct reader *reader, const char *path, const struct stat *info) {
  if (info->st_size > SOURCE_LIMIT)
    return status_fail(reader->status, ERR_LIMIT, "%s is longer than 1 MB: split it",
                       path);
  reader->bytes += (size_t)info->st_size;
  if (reader->bytes > SOURCES_BYTES || reader->sources->count >= SOURCES_LIMIT)
    return status_fail(reader->status, ERR_LIMIT,
                       "%s: a department has at most %d files and 16 MB of scripts", path,
                       SOURCES_LIMIT);
  return OK;
}

static int read_file(struct reader *reader, const char *path, const char *real) {
  int fd = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0) {
    if (fd >= 0) close(fd);
    return status_fail(reader->status, ERR_IO, "%s can't be read: %s", path,
                       strerror(errno));
  }
  int code = OK;
  if (S_ISREG(info.st_mode)) {
    code = check_size(reader, path, &info);
    if (!code) code = read_whole(reader, path, fd, (size_t)info.st_size);
  }
  close(fd);
  return code;
}

// The real path of root/path, which must lie under root; the caller frees *real.
static int resolve(struct reader *reader, const char *path, char **real) {
  struct buf full = {0};
  buf_printf(&full, "%s/%s", reader->root, path);
  *real = realpath(buf_text(&full), NULL);
  buf_deinit(&full);
  if (!*real)
    return status_fail(reader->status, ERR_IO, "%s can't be read: %s", path,
                       strerror(errno));
  size_t len = strlen(reader->root);
  if (strncmp(*real, reader->root, len) == 0 && (*real)[len] == '/') return OK;
  free(*real);
  return status_fail(reader->status, ERR_INVALID,
                     "%s is a link out of the scripts folder: put the file itself there",
                     path);
}

static int read_folder(struct reader *reader, const char *path, int depth);

static int read_entry(struct reader *reader, const char *path, int depth) {
  char *real = NULL;
  int code = resolve(reader, path, &real);
  if (code) return code;
  struct stat info;
  if (stat(real, &info) != 0)
    code = status_fail(reader->status, ERR_IO, "%s can't be read: %s", path,
                       strerror(errno));
  else if (S_ISDIR(info.st_mode))
    code = read_folder(reader, path, depth + 1);
  else if (is_source(path))
    code = read_file(reader, path, real);
  free(real);
  return code;
}

static int pass_over_hidden(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_entries(struct reader *reader, const char *path, struct dirent **entries,
                        int count, int depth) {
  if ((reader->entries += count) > ENTRIES)
    return status_fail(reader->status, ERR_LIMIT, "%s: more than %d files", path,
                       ENTRIES);
  int code = OK;
  for (int i = 0; i < count && !code; i++) {
    struct buf below = {0};
    buf_printf(&below, "%s/%s", path, entries[i]->d_name);
    code = read_entry(reader, buf_text(&below), depth);
    buf_deinit(&below);
  }
  return code;
}

static int read_folder(struct reader *reader, const char *path, int depth) {
  if (depth > FOLDERS_DEEP)
    return status_fail(reader->status, ERR_LIMIT, "%s: folders nest deeper than %d", path,
                       FOLDERS_DEEP);
  struct buf full = {0};
  buf_printf(&full, "%s/%s", reader->root, path);
  struct dirent **entries = NULL;
  int count = scandir(buf_text(&full), &entries, pass_over_hidden, by_bytes);
  buf_deinit(&full);
  if (count < 0)
    return status_fail(reader->status, ERR_IO, "%s can't be read: %s", path,
                       strerror(errno));
  int code = read_entries(reader, path, entries, count, depth);
  for (int i = 0; i < count; i++) free(entries[i]);
  free(entries);
  return code;
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

static bool is_folder_name(const char *name) {
  return *name && *name != '.' && !strchr(name, '/') && strcmp(name, "shared") != 0;
}

static int read_both(struct reader *reader, const char *department) {
  int code = read_entry(reader, department, 0);
  if (code) return code;
  struct buf shared = {0};
  buf_printf(&shared, "%s/shared", reader->root);
  bool there = access(buf_text(&shared), F_OK) == 0;
  buf_deinit(&shared);
  if (there) code = read_entry(reader, "shared", 0);
  struct sources *sources = reader->sources;
  if (sources->count)
    qsort(sources->items, (size_t)sources->count, sizeof *sources->items, by_path);
  return code;
}

int sources_read(struct sources *sources, const char *folder, const char *department,
                 struct status *status) {
  if (!is_folder_name(department))
    return status_fail(status, ERR_INVALID, "\"%.60s\" is no department's folder",
                       department);
  struct reader reader = {.sources = sources, .status = status};
  reader.root = realpath(folder, NULL);
  if (!reader.root)
    return status_fail(status, ERR_IO, "the scripts folder %s can't be read: %s", folder,
                       strerror(errno));
  int code = read_both(&reader, department);
  free(reader.root);
  return code;
}
