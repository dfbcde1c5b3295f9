#include "store/guard.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/guard_sum.h"
#include "store/log_buffer.h"
#include "store/syncer.h"

enum { HEADER = 100, RESERVED_AT = 20, PAGE_LEAST = 512, PAGE_MOST = 65536 };
enum { ORDER_BIG = 1, ORDER_LITTLE = 2 };

struct guard {
  sqlite3_vfs vfs;    // what SQLite is given
  sqlite3_vfs *base;  // the default one, which does the work
  char name[40];
  struct guard_syncs syncs;
};

struct file {
  sqlite3_file head;   // what SQLite knows of it
  sqlite3_file *base;  // behind this struct
  struct guard *guard;
  const char *name;  // SQLite's, as long as the file
  bool log;
  bool synced;      // a log: since it was opened or begun anew
  bool sync_asked;  // a log: for all that was written
  bool guarded;     // of a database: its pages have room for a checksum
  int order;        // of a log's sums; 0: not read yet
  int64_t open_at;  // of a log: where the transaction that is being written begins; or 0
  struct log_buffer buffer;  // of a log
};

static sqlite3_vfs *base_of(sqlite3_vfs *vfs) { return ((struct guard *)vfs)->base; }

static sqlite3_file *below(sqlite3_file *file) { return ((struct file *)file)->base; }

static bool is_page(int amount, int64_t offset) {
  return amount >= PAGE_LEAST && amount <= PAGE_MOST && (amount & (amount - 1)) == 0 &&
         offset % amount == 0;
}

// The first page says whether pages have room.
static void look_at_header(struct file *file, const unsigned char *bytes, int amount,
                           int64_t offset) {
  if (offset == 0 && amount >= HEADER) file->guarded = bytes[RESERVED_AT] == GUARD_BYTES;
}

static int damaged(const struct file *file, const char *what, int64_t number) {
  log_line(LOG_LEVEL_ERROR, "store.damaged",
           "file=%s %s=%lld remedy=\"stop the service and bring back a backup\"",
           file->name, what, (long long)number);
  return SQLITE_IOERR_DATA;
}

// In memory the place of the checksum stays empty, so that whatever program writes the
// page without this VFS leaves it unchecked rather than wrong.
static int check_page(const struct file *file, unsigned char *page, int amount,
                      int64_t offset) {
  uint64_t kept;
  size_t len = (size_t)amount - GUARD_BYTES;
  memcpy(&kept, page + len, sizeof kept);
  memset(page + len, 0, sizeof kept);
  if (!kept || kept == guard_sum(page, len, (uint64_t)(offset / amount)))
    return SQLITE_OK;
  return damaged(file, "page", offset / amount + 1);
}

static int read_page(sqlite3_file *self, void *out, int amount, sqlite3_int64 offset) {
  struct file *file = (struct file *)self;
  int rc = file->base->pMethods->xRead(file->base, out, amount, offset);
  if (rc != SQLITE_OK) return rc;
  look_at_header(file, out, amount, offset);
  if (!file->guarded || !is_page(amount, offset)) return SQLITE_OK;
  return check_page(file, out, amount, offset);
}

// SQLite's buffer: it is left as it was.
static int write_page(sqlite3_file *self, const void *bytes, int amount,
                      sqlite3_int64 offset) {
  struct file *file = (struct file *)self;
  look_at_header(file, bytes, amount, offset);
  if (!file->guarded || !is_page(amount, offset))
    return file->base->pMethods->xWrite(file->base, bytes, amount, offset);
  unsigned char page[PAGE_MOST];
  size_t len = (size_t)amount - GUARD_BYTES;
  memcpy(page, bytes, len);
  uint64_t sum = guard_sum(page, len, (uint64_t)(offset / amount));
  memcpy(page + len, &sum, sizeof sum);
  return file->base->pMethods->xWrite(file->base, page, amount, offset);
}

// In which order bytes are summed, as this log's head says; all its heads say the same.
static int read_order(struct file *file) {
  unsigned char head[4];
  if (file->order) return SQLITE_OK;
  int rc = file->base->pMethods->xRead(file->base, head, sizeof head, 0);
  if (!rc) file->order = head[3] & 1 ? ORDER_BIG : ORDER_LITTLE;
  return rc;
}

// A frame's sums go on from those of the one before it, or from the log's head. They are
// read at once with what lies between: a second read would cost more.
static int check_frame(struct file *file, const unsigned char *page, int amount,
                       int64_t offset) {
  unsigned char bytes[8 + PAGE_MOST + FRAME_HEAD];
  int64_t at = offset - FRAME_HEAD, from = at == LOG_HEAD ? at - 8 : at - amount - 8;
  int len = (int)(offset - from), rc = read_order(file);
  if (!rc) rc = file->base->pMethods->xRead(file->base, bytes, len, from);
  if (rc) return rc;
  if (guard_frame_fits(bytes + len - FRAME_HEAD, page, (size_t)amount, bytes,
                       file->order == ORDER_BIG))
    return SQLITE_OK;
  return damaged(file, "frame", (at - LOG_HEAD) / (amount + FRAME_HEAD) + 1);
}

static int read_log(sqlite3_file *self, void *out, int amount, sqlite3_int64 offset) {
  struct file *file = (struct file *)self;
  int rc = log_buffer_flush(&file->buffer, file->base);
  if (rc == SQLITE_OK) rc = file->base->pMethods->xRead(file->base, out, amount, offset);
  bool frame =
      is_page(amount, 0) && (offset - LOG_HEAD - FRAME_HEAD) % (amount + FRAME_HEAD) == 0;
  bool open = file->open_at && offset > file->open_at;
  if (rc != SQLITE_OK || !frame || open) return rc;
  return check_frame(file, out, amount, offset);
}

// A large transaction may write a page twice: until its last frame, which tells how large
// the database is then, the sums need not fit.
static void look_at_frame(struct file *file, const unsigned char *head, int64_t offset) {
  static const unsigned char none[4];
  bool last = memcmp(head + 4, none, sizeof none) != 0;
  if (last)
    file->open_at = 0;
  else if (!file->open_at || offset < file->open_at)
    file->open_at = offset;
}

// What is in the log's beginning may be needed until the database is synced.
static void wait_for_syncs(struct file *file) {
  struct guard_syncs *syncs = &file->guard->syncs;
  if (syncs->database) syncer_wait(syncs->database);
  if (syncs->log) syncer_wait(syncs->log);
}

// A new head is synced before the frames behind it are written: SQLite counts on that.
// Frames outside of store_commit_apart, which waits itself, come after the commit before
// them.
static int write_log(sqlite3_file *self, const void *bytes, int amount,
                     sqlite3_int64 offset) {
  struct file *file = (struct file *)self;
  const struct guard_syncs *syncs = &file->guard->syncs;
  if (offset == 0) {
    wait_for_syncs(file);
    file->synced = false;
  } else if (syncs->log && !syncs->committing) {
    syncer_wait(syncs->log);
  }
  if (amount == FRAME_HEAD) look_at_frame(file, bytes, offset);
  file->sync_asked = false;
  return log_buffer_put(&file->buffer, file->base, bytes, (size_t)amount, offset);
}

static int flush(sqlite3_file *self) {
  struct file *file = (struct file *)self;
  return log_buffer_flush(&file->buffer, file->base);
}

// The rest is handed on as it is.
static int close_file(sqlite3_file *f) {
  wait_for_syncs((struct file *)f);
  int rc = flush(f), closed = below(f)->pMethods->xClose(below(f));
  log_buffer_deinit(&((struct file *)f)->buffer);
  return rc ? rc : closed;
}
static int truncate_file(sqlite3_file *f, sqlite3_int64 size) {
  int rc = flush(f);
  wait_for_syncs((struct file *)f);
  return rc ? rc : below(f)->pMethods->xTruncate(below(f), size);
}
// The thread that syncs this file, when this is a sync that may be left to it.
static struct syncer *syncer_of(const struct file *file) {
  const struct guard_syncs *syncs = &file->guard->syncs;
  if (!file->log) return syncs->writing_back ? syncs->database : NULL;
  return syncs->committing && file->synced ? syncs->log : NULL;
}
// SQLite syncs the log once more before it writes it back: under load that costs what the
// disk has in hand for others.
static bool is_synced(const struct file *file) {
  const struct guard_syncs *syncs = &file->guard->syncs;
  return file->log && syncs->writing_back && file->sync_asked &&
         syncer_is_done(syncs->log);
}
static int sync_file(sqlite3_file *f, int flags) {
  struct file *file = (struct file *)f;
  struct syncer *syncer = syncer_of(file);
  if (is_synced(file)) return SQLITE_OK;
  int rc = flush(f);
  if (!rc && syncer)
    syncer_want(syncer, file->base, flags);
  else if (!rc)
    rc = below(f)->pMethods->xSync(below(f), flags);
  if (!rc) file->synced = file->sync_asked = true;
  return rc;
}
static int size_of_file(sqlite3_file *f, sqlite3_int64 *size) {
  int rc = flush(f);
  return rc ? rc : below(f)->pMethods->xFileSize(below(f), size);
}
static int lock_file(sqlite3_file *f, int how) {
  return below(f)->pMethods->xLock(below(f), how);
}
static int unlock_file(sqlite3_file *f, int how) {
  return below(f)->pMethods->xUnlock(below(f), how);
}
static int check_lock(sqlite3_file *f, int *out) {
  return below(f)->pMethods->xCheckReservedLock(below(f), out);
}
static int control_file(sqlite3_file *f, int op, void *argument) {
  return below(f)->pMethods->xFileControl(below(f), op, argument);
}
static int sector_size(sqlite3_file *f) {
  return below(f)->pMethods->xSectorSize(below(f));
}
static int device(sqlite3_file *f) {
  return below(f)->pMethods->xDeviceCharacteristics(below(f));
}
static int map_shared(sqlite3_file *f, int page, int size, int extend,
                      void volatile **out) {
  return below(f)->pMethods->xShmMap(below(f), page, size, extend, out);
}
static int lock_shared(sqlite3_file *f, int offset, int count, int flags) {
  return below(f)->pMethods->xShmLock(below(f), offset, count, flags);
}
static void shared_barrier(sqlite3_file *f) { below(f)->pMethods->xShmBarrier(below(f)); }
static int unmap_shared(sqlite3_file *f, int remove) {
  return below(f)->pMethods->xShmUnmap(below(f), remove);
}

// Version 2: no pages mapped into memory, which nobody would verify.
#define METHODS(read, write)                                                       \
  {                                                                                \
    2, close_file, read, write, truncate_file, sync_file, size_of_file, lock_file, \
        unlock_file, check_lock, control_file, sector_size, device, map_shared,    \
        lock_shared, shared_barrier, unmap_shared, NULL, NULL                      \
  }
static const sqlite3_io_methods database_methods = METHODS(read_page, write_page);
static const sqlite3_io_methods log_methods = METHODS(read_log, write_log);

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *out, int flags,
                     int *out_flags) {
  sqlite3_vfs *base = base_of(vfs);
  struct file *file = (struct file *)out;
  bool log = (flags & SQLITE_OPEN_WAL) != 0;
  if (!log && !(flags & SQLITE_OPEN_MAIN_DB))
    return base->xOpen(base, name, out, flags, out_flags);
  *file = (struct file){.base = (sqlite3_file *)(file + 1),
                        .guard = (struct guard *)vfs,
                        .name = name,
                        .log = log};
  int rc = base->xOpen(base, name, file->base, flags, out_flags);
  if (file->base->pMethods) out->pMethods = log ? &log_methods : &database_methods;
  return rc;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync) {
  return base_of(vfs)->xDelete(base_of(vfs), name, sync);
}
static int find_file(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
  return base_of(vfs)->xAccess(base_of(vfs), name, flags, out);
}
static int full_name(sqlite3_vfs *vfs, const char *name, int size, char *out) {
  return base_of(vfs)->xFullPathname(base_of(vfs), name, size, out);
}
static int randomness(sqlite3_vfs *vfs, int size, char *out) {
  return base_of(vfs)->xRandomness(base_of(vfs), size, out);
}
static int rest(sqlite3_vfs *vfs, int us) {
  return base_of(vfs)->xSleep(base_of(vfs), us);
}
static int last_error(sqlite3_vfs *vfs, int size, char *out) {
  return base_of(vfs)->xGetLastError(base_of(vfs), size, out);
}
static int current_time(sqlite3_vfs *vfs, double *out) {
  return base_of(vfs)->xCurrentTime(base_of(vfs), out);
}
static int current_ms(sqlite3_vfs *vfs, sqlite3_int64 *out) {
  return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), out);
}

struct guard *guard_new(void) {
  struct guard *guard = mem_alloc(sizeof *guard);
  guard->base = sqlite3_vfs_find(NULL);
  snprintf(guard->name, sizeof guard->name, "afterward-%p", (void *)guard);
  guard->vfs = (sqlite3_vfs){.iVersion = 2,
                             .szOsFile = (int)sizeof(struct file) + guard->base->szOsFile,
                             .mxPathname = guard->base->mxPathname,
                             .zName = guard->name,
                             .xOpen = open_file,
                             .xDelete = delete_file,
                             .xAccess = find_file,
                             .xFullPathname = full_name,
                             .xRandomness = randomness,
                             .xSleep = rest,
                             .xCurrentTime = current_time,
                             .xGetLastError = last_error,
                             .xCurrentTimeInt64 = current_ms};
  sqlite3_vfs_register(&guard->vfs, 0);
  return guard;
}

void guard_free(struct guard *guard) {
  if (!guard) return;
  sqlite3_vfs_unregister(&guard->vfs);
  mem_free(guard);
}

struct guard_syncs *guard_syncs(struct guard *guard) {
  return &guard->syncs;
}

const char *guard_name(const struct guard *guard) { return guard->name; }
