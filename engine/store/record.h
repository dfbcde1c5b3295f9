// What a piece of a transaction changes, row by row, kept so that it can be taken back
// long after: SQLite's session extension (sqlite.org/sessionintro.html).
#pragma once

#include "store/store.h"

struct store_record;

// From now on, until store_record_end, changes to the tables that wanted says yes to.
// Within one transaction; one at a time. Never NULL: a failure is the transaction's.
struct store_record *store_record_begin(struct store *store,
                                        bool (*wanted)(const char *table));
// Puts what was changed and frees it.
void store_record_end(struct store_record *record, struct buf *out);
// Takes back what a record holds, within the caller's transaction. A row that has been
// changed since in the same columns, is gone or stands again stays as it is, and is
// counted in left; but those of the tables that prevails says yes to become what they
// were. ERR_CONFLICT when something that came since refers to what would go: nothing is
// changed then. The tables must be as they were: compare store_schema.
int store_record_undo(struct store *store, const struct buf *changes,
                      bool (*prevails)(const char *table), int64_t *left,
                      struct status *status);
int64_t store_schema(struct store *store);  // its last migration's number
