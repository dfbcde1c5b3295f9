// The books: what was due and what became of it, so that nothing goes missing unseen.
#pragma once

#include "care/care.h"

enum { BOOKS_WORDS = 32, BOOKS_RECOUNT = 5000 };

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
};

// departments: a JSON list, NULL for all.
void books_read(struct care *care, const char *departments, struct books *out);
