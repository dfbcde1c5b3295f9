// The whole story of a patient in order, the planned future included: ids and words of
// the trade, never names.
#pragma once

#include "care/care.h"

enum { TIMELINE_MOST = 5000 };

struct timeline_entry {
  int64_t at, ref;  // ref: the row it is about, 0 for none
  char kind;  // of ref: n encounter, v event, e enrollment, r run, m message, w answer,
              // t task, a alert, o note
  bool planned;      // has not happened yet
  char *what;        // one word: event enrolled step skipped message try answer task call
                     // alert page note; owned
  char *department;  // NULL where there is none; owned
  char *text;        // what happened; owned
};

struct timeline {
  struct timeline_entry *entries;  // oldest first; owned
  size_t count;                    // the newest TIMELINE_MOST and what is planned
};

// departments: a JSON list of those whose entries are wanted, NULL for all.
void timeline_read(struct care *care, int64_t patient, const char *departments,
                   struct timeline *out);
void timeline_deinit(struct timeline *timeline);
// "2026-03-02 15:00  alert    opened: joint-red-flags, urgent" without a line end.
void timeline_line(struct care *care, const struct timeline_entry *entry,
                   struct buf *out);
