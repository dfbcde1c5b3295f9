// A department's scripts at one content hash: loaded, frozen and checked, its functions
// open to turns.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/value.h"
#include "script/sources.h"

enum { SCRIPT_ABI = 1 };  // raised when the same script would mean something else

struct lua_State;
struct sandbox;
struct bundle;

struct line_watch;

struct bundle_config {
  const char *department;  // folder under scripts/, and id of its department
  size_t memory;           // soft cap of its Lua state in bytes; 0: the sandbox's default
  const struct line_watch *lines;  // told of each line that runs; borrowed, or NULL
};

struct bundle_problem {
  const char *file;      // relative to the scripts folder; "" when it is nobody's
  int line;              // 0 when unknown
  int column;            // in bytes, from 1; 0 when unknown
  const char *code;      // of std/findings.lua
  const char *message;   // one sentence that ends with what to do
  const char *key;       // of the declaration that it is about, else NULL
  const char *accepted;  // why the script's author accepts it, else NULL
  bool warning;          // else an error
};

struct bundle_report {
  struct bundle_problem *problems;  // by file, line, then as found
  int count;
  int errors;    // 0: the bundle may be activated
  int accepted;  // problems that are accepted in place, with a reason
};

// Runs every .lua among sources that is the department's or shared, and checks what was
// declared. Returns 0 with *out when there are no errors, else negative with *out NULL.
// report is always filled; the caller gives it zeroed and calls bundle_report_deinit.
// Sources may be freed after.
int bundle_load(struct bundle **out, const struct bundle_config *config,
                const struct source *sources, int count, struct bundle_report *report);
// bundle_load, and the scripts looked through besides (inspect.lua): what would run, and
// probably not as it was meant, is a warning. For a candidate; what was active once is
// loaded.
int bundle_check(struct bundle **out, const struct bundle_config *config,
                 const struct source *sources, int count, struct bundle_report *report);
void bundle_free(struct bundle *bundle);
void bundle_report_deinit(struct bundle_report *report);
// "file:line: message" lines, warnings marked so, accepted ones left out.
// Copied; what comes after the first few hundred is only counted.
void bundle_report_add(struct bundle_report *report,
                       const struct bundle_problem *problem);
void bundle_report_text(const struct bundle_report *report, struct buf *out);

// Content hash of the whole: the files that it uses and the ABI number. 32 hex digits,
// borrowed.
const char *bundle_hash(const struct bundle *bundle);
// Whether it is made of this file: the department's own, those of shared/ that it
// requires, and those there that declare something. It can be loaded again from these
// alone.
bool bundle_uses(const struct bundle *bundle, const char *path);
// Map kind → id → definition; functions are true, texts {en,zh}, a pathway's steps and
// watches ordered lists; each has file, line and hash (of its file, the modules it
// requires, shared/ and the ABI number). A rule has fields, the ids that forms naming it
// have; a form has items; a pathway and a watch have rules, the ids that their file and
// its modules name. Borrowed.
struct value bundle_definitions(const struct bundle *bundle);
// One of them, nil when there is none.
struct value bundle_definition(const struct bundle *bundle, const char *kind,
                               const char *id);

struct lua_State *bundle_lua(struct bundle *bundle);
struct sandbox *bundle_sandbox(struct bundle *bundle);
int bundle_seal(const struct bundle *bundle);  // for sandbox_seal_check after a turn
// These push the function onto bundle_lua's stack and return true, or push nothing.
// which: "run", "where", "tier", "enroll.where".
bool bundle_push(struct bundle *bundle, const char *kind, const char *id,
                 const char *which);
bool bundle_push_step(struct bundle *bundle, const char *pathway, const char *step,
                      const char *which);
bool bundle_push_watch(struct bundle *bundle, const char *pathway, const char *watch,
                       const char *which);  // pathway NULL: in a file of its own
bool bundle_push_when(struct bundle *bundle, const char *form, const char *item);
// Pushes the script API's description (api.lua), which scripts can't reach. Always
// pushes.
void bundle_push_api(struct bundle *bundle);
