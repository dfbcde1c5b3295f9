// The journal of a run: records read one after another as a replay goes, and new ones
// written.
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/value.h"
#include "script/turn.h"

struct record {  // borrowed from the journal
  enum record_kind kind;
  struct value op;     // text; nil in an outcome
  struct value label;  // text or nil; in an outcome its why
  struct value value;  // arguments, what was read, or the outcome's value
};

struct journal {
  const char *data;  // what is left
  size_t len;
  uint32_t position;  // of `next`, from 1
  bool more;          // next holds a record
  bool damaged;       // what is left is no record
  struct record next;
  size_t next_len;  // bytes of next
};

void journal_start(struct journal *journal, const char *data, size_t len);
void journal_step(struct journal *journal);  // past next; only while there is more
// Appends [kind, op, label, value], and version unless it is 0; label may be NULL, value
// may be NULL for nil.
void record_put(struct buf *out, enum record_kind kind, const char *op, const char *label,
                size_t label_len, const struct value *value, int64_t version);
// "ask 'wound'", "now", "an outcome": as people read it in causes.
void record_describe(struct buf *out, const struct record *record);
