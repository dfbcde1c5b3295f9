// The books: what was due and what became of it, so that nothing goes missing unseen.
#pragma once

#include <stdatomic.h>

#include "care/care.h"

enum { BOOKS_WORDS = 32, BOOKS_RECOUNT = 5000 };  // the newest are gone through again

struct books_line {
  char word[48];
  int64_t count;
};

struct books {
  int64_t patients, enrolled, due, started, skipped, answered, silent, flagged;
  int64_t sent;  // messages that a channel took, to patients and families
  int64_t alerts, acknowledged, open_alerts, ack_p50_ms;  // p50 of the acknowledged
  int64_t tasks, tasks_done, tasks_open, tasks_overdue;
  struct books_line enrollments[BOOKS_WORDS], runs[BOOKS_WORDS], skips[BOOKS_WORDS],
      messages[BOOKS_WORDS], suppressed[BOOKS_WORDS];  // by word; an empty one ends
  // What breaks the balance.
  int64_t forgotten;  // live things whose deadline has no row in due
  int64_t twice;      // steps that both began and were skipped
  int64_t missing;    // occurrences that neither began nor were skipped
  int64_t recounted;  // enrollments whose schedule was gone through for that
  bool balanced;
  bool failed;        // the store could not say; none of this holds
  struct buf newest;  // ids of the enrollments to recount …
  size_t next;        // … and the byte where the next one lies
};

// Counts by SQL alone, so that it can be done on another thread with a reader of its own:
// group by group, each as of one moment. departments: a JSON list, NULL for all. stop,
// which may be NULL, is looked at between groups. Then books_recount until it says false.
void books_count(struct store *store, const char *departments, const atomic_bool *stop,
                 struct books *out);
// Goes through schedules again, on the thread of care, for about so long (0: to the end).
// True when some are left.
bool books_recount(struct care *care, int64_t ms, struct books *books);
void books_deinit(struct books *books);
