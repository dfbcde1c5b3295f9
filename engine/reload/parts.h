// What the files that make up hot reload share.
#pragma once

#include "activate.h"
#include "io/child.h"
#include "io/watch.h"
#include "reload/reload.h"
#include "replay_report.h"
#include "script/sources.h"

enum taking_state {
  TAKING_READ,     // its files are in memory
  TAKING_LOADING,  // on another thread
  TAKING_LOADED,   // good so far; waits for its turn to run specs
  TAKING_SPECS,    // a child process runs them
  TAKING_TRIED,    // specs passed, or none are asked for
  TAKING_REPLAY,   // live runs are held against it, some ms a round
  TAKING_REPLAYED,
  TAKING_KEPT,  // in the database, and not active
};

struct taking {  // a department's files on their way
  struct taking *next;
  struct reload *reload;
  enum taking_state state;
  bool dropped;  // a newer state of the files takes its place once it is loaded
  char *department, *who;
  char files[33], git[65];  // git "" when there is no checkout
  struct sources sources;
  struct status read;  // why they could not be read
  struct bundle *bundle;
  struct bundle_report report;
  struct loop_job *loading;
  struct specs *specs;
  struct buf output;  // of the specs
  struct replay_report *replay;
  struct buf replayed;   // its report, encoded
  struct buf pathways;   // of the active version, encoded
  struct store *reader;  // while it is loaded
  struct buf ends;       // what it would end, in words
  int64_t version;       // its row, once it is kept; then the bundle is the engine's
  char hash[33];
  bool manual;  // it waits for a person
};

struct look {  // at the disk, on another thread
  char *folder, *only, *who;
  struct known *known;  // owned
  int known_count;
  struct taking *found, **found_end;
  struct status status;
};

struct reload {
  struct engine *engine;
  struct loop *loop;
  char *folder;
  struct watch *watch;
  struct loop_timer *next;  // one step a round of the loop
  struct taking *takings;
  struct look *look;  // under way
  struct loop_job *looking;
  struct look *wanted;  // asked for meanwhile; runs next
  bool looked;          // once
  struct reload_counters counters;
};

// look.c
struct look *look_new(const struct reload *reload, const char *department,
                      const char *who, bool again);
void look_run(void *look);  // on any thread
void look_free(struct look *look);
void taking_free(struct taking *taking);

// specs.c: busted on the department's specs against the files of the candidate, in
// a folder of their own. done: status is OK when they pass.
struct specs;
struct specs *specs_start(struct taking *taking, struct loop *loop,
                          void (*done)(struct taking *taking, struct status *status),
                          struct status *status);
void specs_kill(struct specs *specs);
bool specs_asked(struct taking *taking);  // by the candidate, or by the active version

// ends.c: for how many a pathway would end that is gone; then it waits for a
// person.
void ends_prepare(struct taking *taking);
void ends_count(struct taking *taking);

// rules.c: whether a run that stays on its version names a rule that is gone.
// report: the replay's.
int rules_check(struct taking *taking, const struct value *report, struct status *status);

// conclude.c: what becomes of a taking.
// The error to look at first; NULL when there is none.
const struct bundle_problem *conclude_first(const struct bundle_report *report);
bool conclude_same(struct taking *taking);  // it makes what is active already
void conclude_refused(struct taking *taking, const struct status *why);
// Into the database; its being active is a commit of its own. False with why not.
bool conclude_keep(struct taking *taking, struct status *status);
void conclude_good(struct taking *taking);
