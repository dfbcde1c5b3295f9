// A copy of the whole database, made in slices between the writer's transactions.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store_parts.h"

struct backup {
  struct store *store;
  sqlite3 *db;             // the copy while it grows
  sqlite3_backup *handle;  // NULL once finished
  char *target;            // where the copy will stand
  char *part;              // where it grows
  bool done;               // the target stands
};

static int fail(struct backup *backup, int rc, const char *why, struct status *status) {
  return status_fail(status, store_code(backup->db, rc), "backup %.200s: %.200s",
                     backup->target, why);
}

static int fail_errno(struct backup *backup, struct status *status) {
  int code = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
  return status_fail(status, code, "backup %.200s: %s", backup->target, strerror(errno));
}

static int create_part(struct backup *backup, struct status *status) {
  if (unlink(backup->part) < 0 && errno != ENOENT) return fail_errno(backup, status);
  int fd = open(backup->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fail_errno(backup, status);
  close(fd);
  return OK;
}

static int open_part(struct backup *backup, struct status *status) {
  int rc = sqlite3_open_v2(
      backup->part, &backup->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
      backup->store->guard ? guard_name(backup->store->guard) : NULL);
  // Synced once at the end; until then the part is worth nothing.
  if (rc == SQLITE_OK)
    rc = sqlite3_exec(backup->db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL,
                      NULL, NULL);
  if (rc == SQLITE_OK) {
    backup->handle = sqlite3_backup_init(backup->db, "main", backup->store->db, "main");
    if (backup->handle == NULL) rc = sqlite3_errcode(backup->db);
  }
  return rc == SQLITE_OK ? OK : fail(backup, rc, sqlite3_errmsg(backup->db), status);
}

int backup_start(struct backup **out, struct store *store, const char *target,
                 struct status *status) {
  struct backup *backup = mem_alloc(sizeof *backup);
  struct buf part = {0};
  buf_printf(&part, "%s.part", target);
  backup->store = store;
  backup->target = mem_copy_text(target);
  backup->part = buf_take(&part);
  if (create_part(backup, status) < 0 || open_part(backup, status) < 0) {
    backup_free(backup);
    return status->code;
  }
  *out = backup;
  return OK;
}

static int sync_path(const char *path, int flags) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
  if (fd < 0) return -1;
  int rc = fsync(fd), reason = errno;
  close(fd);
  errno = reason;
  return rc;
}

static int sync_folder_of(const char *path) {
  char *folder = mem_copy_text(path), *slash = strrchr(folder, '/');
  if (slash != NULL) slash[slash == folder ? 1 : 0] = '\0';
  int rc = sync_path(slash != NULL ? folder : ".", O_DIRECTORY);
  mem_free(folder);
  return rc;
}

static int close_part(struct backup *backup) {
  int rc = sqlite3_backup_finish(backup->handle);
  backup->handle = NULL;
  if (rc == SQLITE_OK) rc = sqlite3_close(backup->db);
  if (rc == SQLITE_OK) backup->db = NULL;
  return rc;
}

static int finish(struct backup *backup, struct status *status) {
  int rc = close_part(backup);
  if (rc != SQLITE_OK) return fail(backup, rc, sqlite3_errstr(rc), status);
  if (sync_path(backup->part, 0) < 0 || rename(backup->part, backup->target) < 0 ||
      sync_folder_of(backup->target) < 0)
    return fail_errno(backup, status);
  return OK;
}

int backup_step(struct backup *backup, int pages, bool *done, struct status *status) {
  *done = backup->done;
  if (*done) return OK;
  if (backup->handle == NULL)
    return status_fail(status, ERR_CONFLICT, "backup %.200s failed; start another",
                       backup->target);
  if (backup->store->begun)
    return status_fail(status, ERR_CONFLICT,
                       "backup %.200s: a transaction is open; go on after its end",
                       backup->target);
  int rc = sqlite3_backup_step(backup->handle, pages);
  if (rc == SQLITE_OK) return OK;
  if (rc != SQLITE_DONE) return fail(backup, rc, sqlite3_errstr(rc), status);
  if (finish(backup, status) < 0) return status->code;
  *done = backup->done = true;
  return OK;
}

void backup_free(struct backup *backup) {
  if (backup == NULL) return;
  sqlite3_backup_finish(backup->handle);
  sqlite3_close(backup->db);
  if (!backup->done) unlink(backup->part);
  mem_free(backup->part);
  mem_free(backup->target);
  mem_free(backup);
}
