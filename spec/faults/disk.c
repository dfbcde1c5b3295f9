// A file system under SQLite whose nth read, write, sync or truncation fails. Nothing is
// really synced: a process that ends loses no page of the kernel's.
#include <sqlite3.h>
#include <string.h>

#include "inject.h"

struct disk_file {
  sqlite3_file base;
  sqlite3_file *real;  // behind this struct
};

static struct strike strikes[DISK_KINDS];
static bool says_full;
static sqlite3_vfs mounted;

struct strike *disk_strike(enum disk_kind kind) {
  return &strikes[kind];
}
void disk_say_full(bool full) { says_full = full; }

static sqlite3_file *real_of(sqlite3_file *file) {
  return ((struct disk_file *)file)->real;
}

static int disk_close(sqlite3_file *file) {
  return real_of(file)->pMethods->xClose(real_of(file));
}

static int disk_read(sqlite3_file *file, void *into, int len, sqlite3_int64 at) {
  if (strike_now(&strikes[DISK_READ])) return SQLITE_IOERR_READ;
  return real_of(file)->pMethods->xRead(real_of(file), into, len, at);
}

// What fails has been done by half.
static int disk_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at) {
  bool fails = strike_now(&strikes[DISK_WRITE]);
  int rc =
      real_of(file)->pMethods->xWrite(real_of(file), from, fails ? len / 2 : len, at);
  if (!fails) return rc;
  return says_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size) {
  if (strike_now(&strikes[DISK_TRUNCATE])) return SQLITE_IOERR_TRUNCATE;
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int disk_sync(sqlite3_file *file, int flags) {
  (void)file, (void)flags;
  return strike_now(&strikes[DISK_SYNC]) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
static int disk_lock(sqlite3_file *file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
static int disk_unlock(sqlite3_file *file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
static int disk_reserved(sqlite3_file *file, int *out) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}
static int disk_control(sqlite3_file *file, int op, void *arg) {
  return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}
static int disk_sector(sqlite3_file *file) {
  return real_of(file)->pMethods->xSectorSize(real_of(file));
}
static int disk_traits(sqlite3_file *file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
static int disk_shm_map(sqlite3_file *file, int page, int size, int extend,
                        void volatile **out) {
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}
static int disk_shm_lock(sqlite3_file *file, int offset, int n, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}
static void disk_shm_barrier(sqlite3_file *file) {
  real_of(file)->pMethods->xShmBarrier(real_of(file));
}
static int disk_shm_unmap(sqlite3_file *file, int drop) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), drop);
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags) {
  static const sqlite3_io_methods methods = {2,
                                             disk_close,
                                             disk_read,
                                             disk_write,
                                             disk_truncate,
                                             disk_sync,
                                             disk_size,
                                             disk_lock,
                                             disk_unlock,
                                             disk_reserved,
                                             disk_control,
                                             disk_sector,
                                             disk_traits,
                                             disk_shm_map,
                                             disk_shm_lock,
                                             disk_shm_barrier,
                                             disk_shm_unmap};
  struct disk_file *disk = (struct disk_file *)file;
  sqlite3_vfs *below = vfs->pAppData;
  disk->real = (sqlite3_file *)(disk + 1);
  disk->base.pMethods = NULL;
  int rc = below->xOpen(below, name, disk->real, flags, out_flags);
  if (disk->real->pMethods) disk->base.pMethods = &methods;
  return rc;
}

int disk_mount(void) {
  sqlite3_vfs *below = sqlite3_vfs_find(NULL);
  if (!below) return SQLITE_ERROR;
  if (below == &mounted) return SQLITE_OK;
  mounted = *below;
  mounted.zName = "afterward-failing";
  mounted.pAppData = below;
  mounted.szOsFile = (int)sizeof(struct disk_file) + below->szOsFile;
  mounted.pNext = NULL;
  mounted.xOpen = disk_open;
  return sqlite3_vfs_register(&mounted, 1);
}
