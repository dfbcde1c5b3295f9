// Kinds of events that some definition listens to: what nobody hears needs no work.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct catalog;
struct hearing;
struct value;

struct hearing *hearing_new(struct catalog *catalog);  // of its definitions as they are
void hearing_free(struct hearing *hearing);
bool hearing_has(const struct hearing *hearing, const char *kind);
bool hearing_tiers(const struct hearing *hearing);  // a pathway has a tier function
// A department's watches of their own that listen to it, one after the other, in the
// order of their ids; out begins zeroed. Borrowed until the catalog changes.
struct heard {
  const char *id;
  const struct value *body;
  size_t at;
};
bool hearing_next(const struct hearing *hearing, const char *kind, const char *department,
                  struct heard *out);
