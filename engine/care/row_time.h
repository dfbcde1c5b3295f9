// Where a time is among rows that are numbered in the order of their coming: found by
// halving, since an index of times would cost every one of those rows a page.
#pragma once

#include "store/store.h"

enum row_kind {
  ROWS_ANSWER,      // answer.at
  ROWS_QUESTION,    // question.opened_at
  ROWS_EVENT,       // event.recorded_at
  ROWS_ENROLLMENT,  // enrollment.enrolled_at
  ROWS_RUN,         // run.started_at
  ROWS_TASK,        // task.opened_at
  ROWS_ALERT,       // alert.opened_at
  ROWS_CALL,        // call.at
  ROWS_MESSAGE,     // message.created_at
  ROWS_INBOX,       // inbox.received_at
  ROW_KINDS
};

// The first id whose row is of that time (ms) or later; one past the last when none is.
int64_t row_at(struct store *store, enum row_kind kind, int64_t at);
