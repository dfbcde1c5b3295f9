// What lies in the folder, and which of it is whole. On a thread of its own.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "drop_parts.h"

static void fail(struct drop *drop, const char *what, const char *path) {
  snprintf(drop->look.error, sizeof drop->look.error,
           "%.200s %s: %s; the engine's user must be let read and write there", path,
           what, strerror(errno));
}

// Names of what is still being written, or of nobody.
static bool is_passed_over(const char *name) {
  static const char *const ends[] = {".tmp", ".part", ".filepart", ".crdownload"};
  size_t len = strlen(name);
  if (name[0] == '.' || name[len - 1] == '~') return true;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    size_t end = strlen(ends[i]);
    if (len > end && !strcasecmp(name + len - end, ends[i])) return true;
  }
  return false;
}

// What can stand in a log and in a report.
static bool is_usable(const char *name) {
  if (strlen(name) > DROP_NAME) return false;
  for (const unsigned char *at = (const unsigned char *)name; *at; at++)
    if (*at < ' ' || *at == 127 || *at == '"') return false;
  return true;
}

static const struct drop_seen *find(const struct drop *drop, const char *name) {
  for (size_t i = 0; i < drop->count; i++)
    if (!strcmp(drop->seen[i].name, name)) return &drop->seen[i];
  return NULL;
}

static void note(const struct drop *drop, const char *name, const struct stat *info,
                 struct drop_seen *seen) {
  const struct drop_seen *before = find(drop, name);
  *seen = (struct drop_seen){
      .size = info->st_size,
      .changed = info->st_mtim.tv_sec * INT64_C(1000) + info->st_mtim.tv_nsec / 1000000,
      .inode = (int64_t)info->st_ino,
      .since = clock_steady_ms()};
  snprintf(seen->name, sizeof seen->name, "%s", name);
  if (before && before->size == seen->size && before->changed == seen->changed &&
      before->inode == seen->inode)
    seen->since = before->since;
}

static void add(struct drop *drop, DIR *folder, const char *name, struct drop_seen **list,
                size_t *count) {
  struct stat info;
  if (is_passed_over(name) || fstatat(dirfd(folder), name, &info, AT_SYMLINK_NOFOLLOW) ||
      !S_ISREG(info.st_mode))
    return;
  if (!is_usable(name)) {
    snprintf(drop->look.error, sizeof drop->look.error,
             "%.200s: a file's name there is too long, or has a quote or a control "
             "character: rename it",
             drop->folder);
    return;
  }
  *list = mem_resize(*list, (*count + 1) * sizeof **list);
  note(drop, name, &info, &(*list)[(*count)++]);
}

static bool scan(struct drop *drop) {
  struct drop_seen *list = NULL;
  size_t count = 0;
  struct dirent *entry;
  DIR *folder = opendir(drop->folder);
  if (!folder) {
    fail(drop, "can't be read", drop->folder);
    return false;
  }
  while ((entry = readdir(folder))) add(drop, folder, entry->d_name, &list, &count);
  closedir(folder);
  mem_free(drop->seen);
  drop->seen = list;
  drop->count = count;
  return true;
}

// Who may write into the folder could put a link in the place of one of these, and have
// lists moved to where only the engine may write: so they are opened once, as what they
// are, and must be the engine's own. The bits are set whatever the umask: who looks after
// the folder looks there, too.
static int open_within(struct drop *drop, const char *name, char path[32]) {
  struct stat info;
  struct buf full = {0};
  buf_printf(&full, "%s/%s", drop->folder, name);
  if (!mkdir(full.data, 0770)) (void)chmod(full.data, 0770);
  int fd = open(full.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    fail(drop, "can't be opened as a folder", full.data);
  } else if (fstat(fd, &info) || info.st_uid != geteuid() || !(info.st_mode & 0200)) {
    snprintf(drop->look.error, sizeof drop->look.error,
             "%.200s is not the engine's own folder: take it away, it is made again",
             full.data);
    close(fd);
    fd = -1;
  }
  snprintf(path, 32, "/proc/self/fd/%d", fd);
  buf_deinit(&full);
  return fd;
}

static long count_failed(const struct drop *drop) {
  struct dirent *entry;
  long count = 0;
  DIR *folder = opendir(drop->failed_path);
  while (folder && (entry = readdir(folder))) {
    size_t len = strlen(entry->d_name);
    bool report = len > 11 && !strcmp(entry->d_name + len - 11, ".report.txt");
    count += entry->d_name[0] != '.' && !report;
  }
  if (folder) closedir(folder);
  return count;
}

// The one that changed first among those that have been as they are for long enough.
static const struct drop_seen *ripe(struct drop *drop) {
  const struct drop_seen *best = NULL;
  int64_t now = clock_steady_ms();
  for (size_t i = 0; i < drop->count; i++) {
    const struct drop_seen *seen = &drop->seen[i];
    struct buf path = {0};
    if (now - seen->since < drop->settle_ms) continue;
    buf_printf(&path, "%s/%s", drop->folder, seen->name);
    if (access(path.data, R_OK))
      fail(drop, "can't be read", path.data);
    else if (!best || seen->changed < best->changed)
      best = seen;
    buf_deinit(&path);
  }
  return best;
}

static void look(struct drop *drop) {
  if (access(drop->folder, W_OK | X_OK)) {
    fail(drop, "can't be written to", drop->folder);
    return;
  }
  const struct drop_seen *seen = ripe(drop);
  if (seen) drop_take(drop, seen->name);
  drop->look.waiting = (long)drop->count - (drop->look.file[0] != '\0');
  drop->look.failed = count_failed(drop);
}

void drop_look(void *self) {
  struct drop *drop = self;
  memset(&drop->look, 0, sizeof drop->look);
  if (!scan(drop)) return;
  drop->done_fd = open_within(drop, "done", drop->done_path);
  drop->failed_fd = open_within(drop, "failed", drop->failed_path);
  if (drop->done_fd >= 0 && drop->failed_fd >= 0) look(drop);
  if (drop->done_fd >= 0) close(drop->done_fd);
  if (drop->failed_fd >= 0) close(drop->failed_fd);
}
