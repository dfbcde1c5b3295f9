// What a candidate would do to the live runs of a department: each is replayed against
// it, read-only, in slices, and agrees, or diverges at a record.
#pragma once

#include "engine.h"

struct replay_report;

struct replay_scope {      // borrowed
  const char *department;  //
  struct bundle *bundle;   // the candidate; lives until the report is freed. NULL:
  int64_t kept;            // the version (bundle.id) of this row is
  const char *pathway;     // only this one's runs; NULL: all
  int64_t version;         // only runs that are on another one and should not be; 0: all
};

struct replay_report *replay_report_new(struct engine *engine,
                                        const struct replay_scope *scope);
// Goes on for so many ms. True while there is more. On the loop, between batches.
bool replay_report_step(struct replay_report *report, int ms);
void replay_report_free(struct replay_report *report);

struct replay_counts {
  int64_t runs, agree, diverge;  // of those looked at so far
};
struct replay_counts replay_report_counts(const struct replay_report *report);
// Appends an encoded map { runs, agree, diverge, steps = [{ pathway, kind, name, runs,
// diverge }], list = [{ run, patient, pathway, kind, name, day, version, position, cause
// }] }; ids are rows. list has REPLAY_LISTED at most, lowest run first.
void replay_report_put(const struct replay_report *report, struct buf *out);
// Walks the runs that agree (of a scope with a version, all that may move). at begins as
// 0; false at the end.
bool replay_report_next_agreed(const struct replay_report *report, size_t *at,
                               int64_t *run);

enum { REPLAY_LISTED = 1000 };
