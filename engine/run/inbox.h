// The inbox: what came in is a row before it is acknowledged, and is applied once.
#pragma once

#include "run/kernel.h"

enum { INBOX_KINDS = 96 };

struct submission {  // a message not written yet, or whose sender waits for the result
  struct submission *next;
  char *source, *source_id, *kind, digest[33];  // rows have its first half
  struct buf body;
  enum inbox_stage stage;
  inbox_done *done;
  void *self;
  int64_t row;    // once written
  bool repeated;  // it was there before
  bool mended;    // another body was refused under this id, and this one takes its place
  bool conflict;  // another body was taken under this id
  bool recorded;  // the row is committed
};

struct inbox {
  struct store *store;
  struct {
    const struct inbox_handler *handler;
    void *self;
  } handlers[INBOX_KINDS];
  int handler_count;
  bool may_wait;  // rows may wait in the database: not known to be none
  struct submission *fresh, **fresh_end;  // to be written with the next batch
  struct submission *waiting, *last;      // written, their senders wait for the
                                          // application; in the order of rows
};

void inbox_init(struct inbox *inbox, struct store *store);
void inbox_deinit(struct inbox *inbox);  // senders still waiting are not told
void inbox_add(struct inbox *inbox, struct submission *submission);  // takes it
bool inbox_has_fresh(const struct inbox *inbox);
void inbox_write(struct inbox *inbox,
                 int64_t now);            // in a transaction: rows for all fresh ones
void inbox_written(struct inbox *inbox);  // after its commit: tells who waited for that
// When that commit failed: tells the senders, who have it still and send it again.
void inbox_refuse_fresh(struct inbox *inbox, int code);

// Those that are applied in the commit that records them: up to room, prepared, when
// nothing older waits. Rows come in the order of the fresh ones and borrow their texts.
bool inbox_may_wait(const struct inbox *inbox);
int inbox_collect_fresh(struct inbox *inbox, struct inbox_row *rows, int room);
// In a transaction. False when it must be rolled back and all written by inbox_write: a
// handler refused one, or one takes a refused one's place.
bool inbox_apply_fresh(struct inbox *inbox, struct inbox_row *rows, int count,
                       int64_t now);
// After its commit they are not fresh any more; once it is synced, their senders are told
// and they are freed, or, at the end of the process, only freed.
void inbox_take_fresh(struct inbox *inbox, struct inbox_row *rows, int count);
void inbox_tell_fresh(struct inbox *inbox, struct inbox_row *row);
void inbox_drop_fresh(struct inbox_row *row);
void inbox_undo_fresh(struct inbox *inbox, struct inbox_row *rows,
                      int count);  // when there was none: they are fresh still

// Up to room waiting rows, prepared. Their texts live until inbox_release.
int inbox_collect(struct inbox *inbox, struct inbox_row *rows, int room);
// False when the handler refuses the row: then the transaction is to be rolled back and
// every row given to inbox_apply, which keeps a refused row's writes apart. A savepoint
// for each row costs a copy of each page it touches.
bool inbox_try(struct inbox *inbox, struct inbox_row *row, int64_t now);
void inbox_apply(struct inbox *inbox, struct inbox_row *row,
                 int64_t now);  // in a transaction
void inbox_refuse(struct inbox *inbox, struct inbox_row *row, int64_t now,
                  const struct status *why);
void inbox_applied(struct inbox *inbox,
                   struct inbox_row *row);  // after its commit: tells the sender
void inbox_release(struct inbox *inbox, struct inbox_row *row);
void inbox_drained(struct inbox *inbox);  // no row waits, until inbox_write
