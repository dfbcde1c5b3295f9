// The rows of a run's journal: chained backwards from the newest, each with the records
// of one turn. A long journal is gathered now and then, so that a replay reads few rows.
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "store/store.h"

// The records of the chain that ends with this row, oldest first; appended to out.
void journal_read(struct store *store, int64_t last, struct buf *out);

struct journal_row {  // to be appended; borrowed
  int64_t run, prev, at;
  int64_t position;  // of its first record, from 1
  int64_t count;     // of its records
  const struct buf *records;
};
// In a transaction. The new row's id. Every so many records the last short rows and this
// one become one row.
int64_t journal_append(struct store *store, const struct journal_row *row);
