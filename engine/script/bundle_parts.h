// What the files that make up a bundle share.
#pragma once

#include <lauxlib.h>
#include <lua.h>

#include "base/zone.h"
#include "script/bundle.h"
#include "script/sandbox.h"

struct bundle {
  struct sandbox *sandbox;       // owned
  lua_State *lua;                // its main thread
  int seal;                      // of all files
  int kept;                      // registry: { api, functions }
  char hash[33];                 // of the whole
  struct buf definitions;        // encoded map kind → id → definition
  struct buf used;               // paths it is made of, each with its NUL
  char *department;              // owned
  struct zones zones;            // known zones, while loading
  const struct source *sources;  // borrowed while loading, then NULL
  int source_count;
  int std;  // registry: name of an engine's Lua file → its value, while loading
  int env;  // registry: the scripts' environment, while loading
  const char *running;  // path of the file that runs now, for a breach
};

// An empty bundle whose sources are borrowed; bundle_free frees it.
struct bundle *bundle_new(const struct bundle_config *config,
                          const struct source *sources, int count);
// Opens host and use to the engine's Lua files. May raise.
void bundle_open_host(lua_State *L, struct bundle *bundle);
const struct source *bundle_find_source(const struct bundle *bundle, const char *path);
// Only Lua files count among sources, and these two folders.
bool bundle_takes(const struct bundle *bundle, const char *path);

// Pushes the table of functions that the engine's Lua files get as `host`. May raise.
void bundle_push_host(lua_State *L, struct bundle *bundle);
// host.span, recurrence, hours, weekdays, zone, digest: into the table on top. May raise.
void bundle_add_parsers(lua_State *L, struct bundle *bundle);
// host.table(path): the rows of a CSV among the sources, each { line =, cell, … } in
// UTF-8, or nil and why; host.plain(path): its text
// in UTF-8 without a mark, as it is when it is no text; host.json(path): what it says, or
// nil and why; into the table on top. May raise.
void bundle_add_table(lua_State *L, struct bundle *bundle);
// host.phrases(list of { text =, role =, class =, weight = }, tell) → function(text),
// what scripts call; into the table on top. May raise.
void bundle_add_phrases(lua_State *L);
// Pushes the value of one of the engine's Lua files, running it at first use. May raise.
void bundle_push_std(lua_State *L, struct bundle *bundle, const char *name);

// Adds each of the list of problems on top of the stack, which it pops.
void bundle_report_read(struct bundle_report *report, lua_State *L);
// Pushes a map: name of each declared function → { file, line } where it begins.
void bundle_push_places(lua_State *to, struct bundle *bundle);
// Encodes the definitions of the result of finish() at index.
int bundle_keep_definitions(struct bundle *bundle, int index, struct status *status);
