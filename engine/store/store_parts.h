// What the files of this folder share about the database connection.
#pragma once

#include <sqlite3.h>

#include "base/embed.h"
#include "store/guard.h"
#include "store/store.h"

enum { STORE_APPLICATION = 0x41667477 };  // "Aftw"
enum { STORE_BUSY_MS = 5000 };            // how long a locked file is waited for

enum stmt_state { STMT_IDLE, STMT_READY, STMT_ENDED, STMT_FAILED };

struct stmt {
  struct store *store;
  const char *sql;       // the cache key; not owned
  sqlite3_stmt *handle;  // NULL while it cannot be prepared
  int params;            // how many parameters the text has
  enum stmt_state state;
  bool loose;  // not in the cache: the cached one was in use; freed by stmt_done
};

struct blob {  // of a store in memory
  struct blob *next;
  char name[17];
  struct buf bytes;
};

struct store {
  sqlite3 *db;
  char *path;
  struct guard *guard;  // NULL in memory
  int lock;             // descriptor of the lock file, -1 for readers and in memory
  bool memory;          // ":memory:"
  bool reader;          // query_only
  bool begun;           // between store_begin and its end
  bool broken;          // a statement failed since
  uint64_t failures;    // statements that failed since it was opened
  struct status error;  // the first failure in this transaction, or the last outside one
  void (*lost)(void *self, const char *why);  // see store_on_lost; NULL
  void *lost_self;
  struct stmt **slots;  // open addressing by address of the text
  size_t slot_count;    // a power of two, or 0
  size_t slots_used;
  struct syncer *log_syncer, *file_syncer;  // NULL: whoever commits syncs
  void (*told)(void *self);                 // see store_sync_apart
  void *told_self;
  bool log_anew;       // it was written back whole: the next commit may begin it anew
  bool log_due;        // it is long enough to be written back before the next transaction
  int log_pages;       // in the log after the last commit
  int log_tried;       // when it was last written back; 0 since it began anew
  struct blob *blobs;  // in memory
  int64_t touched[STORE_TOPICS], all_touched;  // how often
};

// Like store_open with other migrations, for specs.
int store_open_with(struct store **out, const char *path, const struct embedded *list,
                    struct status *status);

// Logs a failure of SQLite's; a failed sync and a lack of memory end the process.
void store_note(const struct store *store, const char *sql, int rc);
// The same, and the failure is the transaction's. Returns its code.
int store_fail(struct store *store, const char *sql, int rc);
// What a failure of SQLite's is called above this folder.
int store_code(sqlite3 *db, int rc);
// Runs one of the store's own statements, also in a broken transaction.
int store_run(struct store *store, const char *sql);
// Hands the recorded failure on; returns its code.
int store_report(const struct store *store, struct status *status);
void store_drop_statements(struct store *store);
// Takes over checkpointing from SQLite, which would not say that a sync failed.
void store_watch_log(struct store *store);
void store_stop_syncers(struct store *store);  // after what they have to do

// Creates path when it is missing, private to its owner, and locks it for this process.
int store_lock(struct store *store, struct status *status);
void store_unlock(struct store *store);

// blob_memory.c: blob.h for a store in memory.
int blob_keep(struct store *store, const char *name, const void *bytes, size_t len,
              struct status *status);
int blob_recall(struct store *store, const char *name, struct buf *out,
                struct status *status);
void blob_forget(struct store *store, const char *name);
void blob_recall_each(struct store *store, void (*fn)(void *self, const char *name),
                      void *self);
void blob_forget_all(struct store *store);

int store_migrate(struct store *store, const struct embedded *list,
                  struct status *status);
int store_count_migrations(const struct embedded *list);
// A number that a PRAGMA or SELECT gives; negative status code on failure.
int store_number(struct store *store, const char *sql, int64_t *out);
