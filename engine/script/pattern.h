// Lua patterns (manual §6.4.1) with a limit on steps, so that a hostile pattern ends in
// an error. A pattern is compiled into items first; matching never allocates.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

enum {
  PATTERN_ITEMS = 256,      // most items in a pattern
  PATTERN_CAPTURES = 32,    // as in Lua
  PATTERN_STEPS = 4000000,  // for one call of find, match, gsub or gmatch's next
};

enum pattern_kind {
  PATTERN_LITERAL,
  PATTERN_ANY,
  PATTERN_CLASS,     // %a and its kind
  PATTERN_SET,       // [...]
  PATTERN_BALANCE,   // %bxy
  PATTERN_FRONTIER,  // %f[...]
  PATTERN_BACK,      // %1
  PATTERN_OPEN,
  PATTERN_CLOSE,
  PATTERN_POSITION,  // ()
  PATTERN_TAIL,      // $ at the end
};

struct pattern_item {
  unsigned char kind;    // enum pattern_kind
  unsigned char repeat;  // 0, or one of ? * + -
  unsigned char a, b;    // literal or class; %b's two; number of the capture
  const char *set;       // after the '[' (and '^')
  unsigned short len;    // of the set
  bool negated;          // [^...]
};

struct pattern {
  lua_State *L;  // where errors are raised
  size_t steps;  // left for this call
  const char *subject, *end;
  const char *text;  // the pattern, for messages
  size_t len;        // of it
  int captures;      // how many it has
  int count;         // how many items
  struct {
    const char *start;
    ptrdiff_t len;  // PATTERN_UNCLOSED or PATTERN_AT for a position
  } capture[PATTERN_CAPTURES];
  struct pattern_item items[PATTERN_ITEMS];
};

enum { PATTERN_UNCLOSED = -1, PATTERN_AT = -2 };

// Raises when the pattern is malformed; text must outlive the struct.
void pattern_compile(struct pattern *pattern, lua_State *L, const char *text, size_t len);
// The end of the match that begins exactly at start, or NULL. Raises when steps run out.
const char *pattern_match(struct pattern *pattern, const char *start);
// Pushes capture index (from 0); the whole match for 0 when there are none.
void pattern_push(struct pattern *pattern, int index, const char *start, const char *end);
// Pushes all of them and returns how many.
int pattern_push_all(struct pattern *pattern, const char *start, const char *end);
