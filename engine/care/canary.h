// A newer version of a department's scripts that only some enrollments follow: those of
// pathways that declare a rollout in it, chosen by a number that never changes, or by the
// ward they left. The others, and everything else, follow the active version.
#pragma once

#include "care/care.h"

// Whether a version asks to be followed by some only: a pathway declares `rollout`.
bool canary_wanted(const struct value *definitions);
// "10 % of hip-replacement, ward 骨科一病区 of knee": who would follow it.
void canary_describe(const struct value *definitions, struct buf *out);
// In a transaction; then canary_load. One a department: the last takes the place.
void canary_begin(struct care *care, const char *department, int64_t version,
                  const char *who, int64_t at);
// Nobody follows it any more; its row stays to be compared. version: what became active
// instead, 0 when it was withdrawn. In a transaction, before that.
void canary_end(struct care *care, const char *department, int64_t version,
                const char *who, int64_t at);
// Reads from the database which there are. Frees with canary_free.
int canary_load(struct care *care, struct status *status);
void canary_free(struct care *care);
// The department's canary (bundle.id); 0: none.
int64_t canary_bundle(struct care *care, const char *department);

struct canary_member {  // an enrollment, as far as it decides; texts borrowed
  const char *department, *pathway;
  int64_t event, encounter;
};
// The version that it follows instead of the active one; 0: it follows that.
int64_t canary_follows(struct care *care, const struct canary_member *member);
int64_t canary_follows_run(struct care *care, const struct run *run);
