// Declarations that a newer version of the scripts has no more, and that what is under
// way still names: an open question its form, a planned message its template, an answer
// its rule, an open alert its escalation. They stay as they last were; nothing new begins
// with them.
#pragma once

#include "base/value.h"
#include "store/store.h"

struct departed;  // of one department; NULL: none

// Within a transaction: what `before` (of version row `version`) declares and `after`
// does not has departed; what `after` declares has not.
void departed_note(struct store *store, const char *department, int64_t version,
                   const struct value *before, const struct value *after);
// Reads a department's. The caller frees.
struct departed *departed_load(struct store *store, const char *department);
void departed_free(struct departed *departed);
// The declaration, nil view when it is none of them; its version's row is in *version,
// which may be NULL. Borrowed.
struct value departed_find(const struct departed *departed, const char *kind,
                           const char *id, int64_t *version);
