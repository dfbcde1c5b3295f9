// The way from the domain to Lua, for the files that make it.
#pragma once

#include "care/facts.h"
#include "engine.h"
#include "script/turn.h"

struct knower {  // behind struct facts for one turn or callback
  struct engine *engine;
  struct subject subject;
  const struct run *run;  // NULL in a callback
  int64_t version;        // that the turn is made on
};

struct facts scripts_facts(struct knower *knower);

// scripts_turn.c: struct scripts_port's turn and trace.
void scripts_turn(void *engine, struct run *run, const struct buf *journal,
                  struct turned *out);
void scripts_trace(void *engine, const struct run *run, int64_t version,
                   const struct buf *journal, struct traced *out);

struct replaying {  // of one run against a bundle
  const struct run *run;
  const struct buf *journal;
  const struct buf *flag;                                           // encoded
  void (*trace)(void *self, uint32_t position, const char *where);  // may be NULL
  void *trace_self;
};
// Replays without going on: out->end is TURN_STUCK or TURN_BREACH when the scripts do not
// agree. The caller gives out zeroed and calls turn_output_deinit.
void scripts_replay(struct bundle *bundle, const struct replaying *replaying,
                    struct turn_output *out);
// What a watch's where returned, encoded; nil of a step.
void scripts_flag(struct store *store, const struct run *run, struct buf *out);
