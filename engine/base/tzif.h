// Reads the bytes of a zone file (TZif version 2 and later, RFC 9636) into a table of
// offsets.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/tzrule.h"

struct tzif {
  size_t count;     // changes in the table
  int64_t *at;      // seconds UTC at which each begins, rising; owned
  int32_t *offset;  // seconds east of UTC from then on; owned
  int32_t first;    // offset before the first change
  bool has_rule;    // the file says what holds after the table
  struct tzrule rule;
};

// Fills an empty table; on failure nothing is left to free. The text says what is wrong
// with the file.
int tzif_parse(struct tzif *table, const unsigned char *bytes, size_t len,
               struct status *status);
void tzif_deinit(struct tzif *table);
// The offset at a moment (seconds UTC) and when it ends; INT64_MAX for never.
int32_t tzif_offset(const struct tzif *table, int64_t second, int64_t *until);
