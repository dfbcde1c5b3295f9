// What a run may call, as api.lua describes it, read once for each Lua state.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "script/bundle.h"

enum { CALLS_MOST = 40, CALL_KEYS_MOST = 200, CALL_WORDS_MOST = 120 };

struct call_key {    // a parameter, or a key of one that is a table
  const char *name;  // texts belong to api.lua's table, which lives as long as the state
  const char *type;  // "span|time"
  const char *doc;
  bool required;
  int first, count;  // its own keys, in calls.keys
};

struct op;  // what C does for a call: ops.h

struct call {
  const char *name;
  const struct op *op;
  bool waits;
  bool in_facts;          // callbacks have it too
  bool in_jobs;           // makes sense without a patient
  int first, count;       // its parameters, in calls.keys
  int label_at;           // argument that is, or has, the label; 0: none
  const char *label_key;  // its key when that argument is a table, else NULL
};

struct calls {
  struct call list[CALLS_MOST];
  int count;
  struct call_key keys[CALL_KEYS_MOST];
  int key_count;
  const char *words[CALL_WORDS_MOST];  // fields, facts' fields, events: one after another
  int word_count;
  int fields_end, facts_end;  // where in words one ends and the next begins
  int running;                // turns and callbacks under way in this state
};

// The calls of a bundle's state; borrowed, NULL never. Reads api.lua at first use.
struct calls *calls_of(struct bundle *bundle);
const struct call *calls_find(const struct calls *calls, const char *name);
bool calls_has_field(const struct calls *calls, bool facts, const char *name);
bool calls_has_event(const struct calls *calls, const char *name, size_t len);
