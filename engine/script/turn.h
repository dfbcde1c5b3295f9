// A turn: (frozen bundle, journal, facts, input) → records. Pure: it changes nothing, C
// applies what comes back.
//
// A record is an encoded list, by its first item:
// - [1, op, label, args] is a command (ask task wait send alert set note stop); label is
//   text or nil, args a map or nil. wait: {kind = "task"|"event"|"time", at = ms of a
//   time, within}; set: {value}, empty forgets; the rest: the options or table that the
//   script gave.
// - [2, op, label, value] is a recorded read (field read get rule now time silences
// estimate
//   changed), the same at each replay; op "error" is a misuse that the script caught. Of
//   a rule a fifth item is the version (bundle.id) that was asked.
// - [3, value, why] is the outcome of the wait before it; value nil and why a word, or a
// value; a fourth item, where there is one, is the row that the value was read from.
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "script/bundle.h"
#include "script/facts.h"

enum record_kind { RECORD_COMMAND = 1, RECORD_READ = 2, RECORD_OUTCOME = 3 };
enum { JOURNAL_WARN = 500, JOURNAL_LIMIT = 5000 };  // records of one run

struct turn_input {
  const char *pathway;  // NULL for a watch in a file of its own
  const char *kind;     // "step", "watch" or "job"
  const char *name;     // its id
  uint64_t seed;        // of math.random: the same at each replay of the run
  const char *journal;  // whole journal of the run: records one after another
  size_t journal_len;
  struct value flag;  // a watch's: what its where returned
  const struct facts *facts;
  // Goes no further than the journal: nothing is read and nothing new done. The end is
  // TURN_WAITING or TURN_FINISHED when the script agrees with every record.
  bool replay_only;
  // Told of each record passed, if not NULL: which, from 1, and where in the scripts
  // ("ortho/hip.lua:12", borrowed) it was made.
  void (*trace)(void *self, uint32_t position, const char *where);
  void *trace_self;
};

enum turn_end {
  TURN_FINISHED,  // the body returned
  TURN_WAITING,   // the last record is the command that waits
  TURN_STUCK,     // error, mismatch or limit: cause says which, nothing else is returned
  TURN_BREACH,    // time or memory budget passed: counts towards the pathway's quarantine
};

struct turn_output {
  enum turn_end end;
  struct buf records;  // new records, in order
  uint32_t count;
  uint32_t replayed;  // records matched
  bool crowded;       // the journal has JOURNAL_WARN records or more
  struct buf cause;   // one sentence with file and line, for stuck and breach
};

// Always fills out; the caller gives it zeroed and calls turn_output_deinit.
void turn_run(struct bundle *bundle, const struct turn_input *input,
              struct turn_output *out);
void turn_output_deinit(struct turn_output *out);

// Callbacks, which cannot wait: f is the facts object. out gets the encoded result.
// which: "enroll.where", "tier" of a pathway; "where" of a watch (pathway NULL for one in
// a file of its own). A condition that is not declared gives true, a tier nil. ERR_LIMIT:
// over its budget; ERR_NOT_FOUND: no such pathway or watch.
int callback_run(struct bundle *bundle, const char *pathway, const char *watch,
                 const char *which, const struct facts *facts, struct buf *out,
                 struct status *status);
// A rule with its encoded list of arguments (first: the answer); reading a field that no
// form naming the rule has is an error. out gets nil or {level,reason,advice}.
int rule_run(struct bundle *bundle, const char *rule, const struct value *arguments,
             struct buf *out, struct status *status);
// A form item's `when` for the answers so far: shown or not.
int item_shown(struct bundle *bundle, const char *form, const char *item,
               const struct value *answers, bool *shown, struct status *status);
