#include "store/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store_parts.h"

bool blob_is_name(const char *text) {
  size_t len = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz");
  return len == BLOB_NAME_SIZE - 1 && !text[len];
}

// "<state>/attachments", "<state>/attachments/ab", "<state>/attachments/ab/abcd…"
static void put_folder(const struct store *store, struct buf *out) {
  const char *slash = strrchr(store->path, '/');
  buf_put(out, store->path, slash ? (size_t)(slash - store->path) + 1 : 0);
  buf_puts(out, "attachments");
}

static void put_shelf(const struct store *store, const char *name, struct buf *out) {
  put_folder(store, out);
  buf_printf(out, "/%.2s", name);
}

static void put_path(const struct store *store, const char *name, struct buf *out) {
  put_shelf(store, name, out);
  buf_printf(out, "/%s", name);
}

static int fail(const char *name, struct status *status) {
  bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return status_fail(status, full ? ERR_FULL : ERR_IO,
                     "attachment %s can't be written: %s", name, strerror(errno));
}

static bool sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool done = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return done;
}

// A folder that is new is in its parent for good before anything is put into it.
static bool make_folder(const char *path) {
  struct buf parent = {0};
  if (mkdir(path, 0700)) return errno == EEXIST;
  const char *slash = strrchr(path, '/');
  buf_put(&parent, path, slash ? (size_t)(slash - path) : 0);
  bool done = sync_folder(parent.len ? parent.data : ".");
  buf_deinit(&parent);
  return done;
}

static bool write_whole(int fd, const char *bytes, size_t len) {
  while (len) {
    ssize_t wrote = write(fd, bytes, len);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes += wrote;
    len -= (size_t)wrote;
  }
  return fsync(fd) == 0;
}

static bool write_file(const char *path, const void *bytes, size_t len) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  bool done = write_whole(fd, bytes, len);
  int why = errno;
  if (close(fd)) done = false;
  if (!done) unlink(path);
  errno = why;
  return done;
}

int blob_write(struct store *store, const char *name, const void *bytes, size_t len,
               struct status *status) {
  struct buf folder = {0}, shelf = {0}, path = {0};
  if (store->memory) return blob_keep(store, name, bytes, len, status);
  put_folder(store, &folder);
  put_shelf(store, name, &shelf);
  put_path(store, name, &path);
  bool done = make_folder(folder.data) && make_folder(shelf.data) &&
              write_file(path.data, bytes, len) && sync_folder(shelf.data);
  int code = done ? OK : fail(name, status);
  buf_deinit(&folder);
  buf_deinit(&shelf);
  buf_deinit(&path);
  return code;
}

static int read_whole(int fd, struct buf *out) {
  char chunk[65536];
  ssize_t got;
  while ((got = read(fd, chunk, sizeof chunk)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    buf_put(out, chunk, (size_t)got);
  }
  return 0;
}

int blob_read(struct store *store, const char *name, struct buf *out,
              struct status *status) {
  struct buf path = {0};
  if (store->memory) return blob_recall(store, name, out, status);
  put_path(store, name, &path);
  int fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  int failed = fd < 0 ? -1 : read_whole(fd, out), why = errno;
  if (fd >= 0) close(fd);
  buf_deinit(&path);
  if (!failed) return OK;
  return status_fail(status, why == ENOENT ? ERR_NOT_FOUND : ERR_IO,
                     "attachment %s can't be read: %s", name, strerror(why));
}

void blob_remove(struct store *store, const char *name) {
  struct buf path = {0};
  if (store->memory) {
    blob_forget(store, name);
    return;
  }
  put_path(store, name, &path);
  unlink(path.data);
  buf_deinit(&path);
}

struct sweep {
  time_t before;
  void (*fn)(void *self, const char *name);
  void *self;
};

static void sweep_file(const struct sweep *sweep, const char *shelf, const char *name) {
  struct stat info;
  struct buf path = {0};
  buf_printf(&path, "%s/%s", shelf, name);
  if (blob_is_name(name) && !lstat(path.data, &info) && info.st_mtime < sweep->before)
    sweep->fn(sweep->self, name);
  buf_deinit(&path);
}

// Both levels of the folder: "attachments" has shelves, a shelf has files.
static void sweep_folder(const struct sweep *sweep, const char *path, bool shelves) {
  struct dirent **names = NULL;
  int count = scandir(path, &names, NULL, alphasort);
  for (int i = 0; i < count; i++) {
    const char *name = names[i]->d_name;
    struct buf shelf = {0};
    buf_printf(&shelf, "%s/%s", path, name);
    if (!shelves)
      sweep_file(sweep, path, name);
    else if (name[0] != '.' && strlen(name) == 2)
      sweep_folder(sweep, shelf.data, false);
    buf_deinit(&shelf);
    free(names[i]);
  }
  free(names);
}

void blob_each_old(struct store *store, int64_t seconds,
                   void (*fn)(void *self, const char *name), void *self) {
  struct sweep sweep = {time(NULL) - (time_t)seconds, fn, self};
  struct buf path = {0};
  if (store->memory) {
    blob_recall_each(store, fn, self);
    return;
  }
  put_folder(store, &path);
  sweep_folder(&sweep, path.data, true);
  buf_deinit(&path);
}
