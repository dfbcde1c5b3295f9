// The database: one file, one connection that writes and checkpoints, readers that only
// read.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct store;  // the writing connection
struct stmt;   // one prepared statement, cached by its SQL text's address, reset by
               // stmt_done

// Opens or creates the database, runs missing migrations (backing the file up first when
// it has data), and refuses one from a newer binary. path ":memory:" gives a private
// store for specs.
int store_open(struct store **out, const char *path, struct status *status);
void store_close(struct store *store);  // checkpoints and frees
// One in memory, all rows gone: as just opened, but that its statements are prepared.
int store_empty(struct store *store, struct status *status);
int64_t store_pages(struct store *store);  // that its file or memory takes
const char *store_path(const struct store *store);
// Calls fn at once when a page can't be read or written for another reason than room, or
// is damaged: what is then read, or believed to be kept, can't be trusted until a new
// start. A statement may be running; fn is for ending the process.
void store_on_lost(struct store *store, void (*fn)(void *self, const char *why),
                   void *self);

// Transactions. A failed statement marks the transaction broken; store_commit then rolls
// back and fails. ERR_FULL means nothing of the batch was kept and the same batch may be
// tried again.
int store_begin(struct store *store, struct status *status);
int store_commit(struct store *store, struct status *status);
void store_rollback(struct store *store);
// From now on store_commit_apart writes a commit and leaves its sync to a thread of the
// store's; what is written back into the file is synced on another. told is called on
// either when it has synced all. Nobody may be told of such a commit before that.
// store_commit still waits itself. Nothing changes in memory.
void store_sync_apart(struct store *store, void (*told)(void *self), void *self);
int store_commit_apart(struct store *store, struct status *status);
bool store_synced(const struct store *store);  // all that store_commit_apart wrote
void store_wait_for_sync(const struct store *store);
// Writes the log back when that is due and waits for nothing: else the next transaction
// does, and its commit waits for what that wrote.
void store_tend(struct store *store);
// Whether a transaction begun now will hardly wait for the disk: else whoever commits is
// told, as above, when to ask again. busy: there is enough to do for the next sync to be
// overlapped by the work before it. Always true of a store that does not sync apart.
bool store_is_ready(const struct store *store, bool busy);
void store_wait_for_disk(const struct store *store);  // until it is
// Several reads as of one moment, at the price of one lock. Nothing may be written before
// store_end_read.
void store_begin_read(struct store *store);
void store_end_read(struct store *store);
bool store_in_transaction(const struct store *store);
bool store_broken(const struct store *store);  // a statement failed since store_begin
const struct status *store_error(const struct store *store);  // the first failure
// How many statements have failed since it was opened: who reads asks before and after,
// as a list without rows may be a list that could not be read.
uint64_t store_failures(const struct store *store);
// A code that is the disk's fault and not that of a row: the same may succeed later, so
// nothing is given up for it.
bool store_refuses(int code);

// Statements. sql must be a string literal (its address is the cache key). Parameters are
// ?1 ?2 … types: i int64, t text (NULL binds NULL), d double, b bytes (pointer, size_t; a
// NULL pointer binds NULL), n NULL (no argument), I int64 where 0 binds NULL. Text and
// bytes are borrowed until stmt_done. store_query never gives NULL: a statement that
// failed has no rows. In a broken transaction nothing runs until it is rolled back.
struct stmt *store_query(struct store *store, const char *sql, const char *types, ...);
bool stmt_row(struct stmt *stmt);   // steps; false at the end or on failure
void stmt_done(struct stmt *stmt);  // resets; always called, also after the last row
int64_t stmt_int(struct stmt *stmt, int column);
bool stmt_null(struct stmt *stmt, int column);
double stmt_real(struct stmt *stmt, int column);
const char *stmt_text(struct stmt *stmt,
                      int column);  // borrowed until the next step; NULL for NULL
const void *stmt_bytes(struct stmt *stmt, int column, size_t *len);
int stmt_columns(struct stmt *stmt);
const char *stmt_name(struct stmt *stmt, int column);
// Runs a statement that returns no rows. The number of changed rows, or a negative status
// code (the text is in store_error).
int store_exec(struct store *store, const char *sql, const char *types, ...);
int64_t store_last_id(const struct store *store);
// Rows that the last INSERT, UPDATE or DELETE changed, also one stepped by stmt_row.
int64_t store_changes(const struct store *store);
// Rises whenever something is written through this connection.
int64_t store_version(const struct store *store);
// For an owner of rows who remembers what it read of them: it touches a topic with each
// of its writes, and what it remembers holds while the topic's count stands. Undoing
// touches all; who writes another's rows does it himself.
enum { STORE_TOPICS = 8 };
void store_touch(struct store *store, int topic);
void store_touch_all(struct store *store);
void store_undo(struct store *store, const char *sql);  // ROLLBACK TO a savepoint
int64_t store_touched(const struct store *store, int topic);
// First column of the first row, or otherwise.
int64_t store_int(struct store *store, int64_t otherwise, const char *sql,
                  const char *types, ...);
// First column of the first row as heap text, or NULL. The caller frees.
char *store_text(struct store *store, const char *sql, const char *types, ...);

// Writes the log back into the file and empties it. What open readers still need stays
// for the next time. Commits do this by themselves at 2000 pages, under load at 32,000.
// Not inside a transaction.
int store_checkpoint(struct store *store, struct status *status);

// A reader: query_only, never checkpoints. Same statement calls.
int store_open_reader(struct store **out, const char *path, struct status *status);
// A reader of the same file, for one thread, this or another; what it finds lost it tells
// the same fn, there. store stays open until it is closed.
int store_open_beside(struct store **out, const struct store *store,
                      struct status *status);
// False in memory, where there is no second connection.
bool store_has_file(const struct store *store);

// Backup in slices on the writer's connection, between transactions. Each step copies up
// to pages; done is set at the end. What is committed meanwhile is in the copy. The
// target appears, or is replaced, when it is whole and synced. Freed before the store is
// closed.
struct backup;
int backup_start(struct backup **out, struct store *store, const char *target,
                 struct status *status);
int backup_step(struct backup *backup, int pages, bool *done, struct status *status);
void backup_free(struct backup *backup);
