// One process at a time writes a database: a lock that vanishes with its process.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store_parts.h"

static int create_file(const char *path, struct status *status) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return status_fail(status, ERR_IO, "database %.300s cannot be opened: %s", path,
                       strerror(errno));
  close(fd);
  return OK;
}

// The lock stands beside the file that path leads to, so that links don't get round it.
static char *lock_name(const char *path) {
  char *real = realpath(path, NULL);
  struct buf name = {0};
  buf_printf(&name, "%s.lock", real != NULL ? real : path);
  free(real);
  return buf_take(&name);
}

static int refuse_second(const char *path, int fd, struct status *status) {
  char holder[24] = "";
  ssize_t got = pread(fd, holder, sizeof holder - 1, 0);
  long pid = got > 0 ? strtol(holder, NULL, 10) : 0;
  return status_fail(status, ERR_CONFLICT,
                     "database %.300s is in use by process %ld: stop it first", path,
                     pid);
}

static int lock_file(struct store *store, const char *name, struct status *status) {
  int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return status_fail(status, ERR_IO, "lock file %.300s cannot be opened: %s", name,
                       strerror(errno));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
    store->lock = fd;
    if (ftruncate(fd, 0) < 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
      return status_fail(status, ERR_IO, "lock file %.300s cannot be written: %s", name,
                         strerror(errno));
    return OK;
  }
  if (errno == EWOULDBLOCK)
    refuse_second(store->path, fd, status);
  else
    status_fail(status, ERR_IO, "lock file %.300s cannot be locked: %s", name,
                strerror(errno));
  close(fd);
  return status->code;
}

int store_lock(struct store *store, struct status *status) {
  if (create_file(store->path, status) < 0) return status->code;
  char *name = lock_name(store->path);
  int code = lock_file(store, name, status);
  mem_free(name);
  return code;
}

void store_unlock(struct store *store) {
  if (store->lock >= 0) close(store->lock);
  store->lock = -1;
}
