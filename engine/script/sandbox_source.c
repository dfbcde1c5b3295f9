// A glance at source text before Lua's parser sees it: nesting, and what it compiles in
// quadratic time.
#include <ctype.h>
#include <string.h>

#include "script/sandbox_internal.h"

enum {
  NESTING = 100,  // Lua 5.4's own limit, 200 levels of C, has no line in its message
  JUMPS = 5000    // and, or, elseif, goto, break: 20,000 take the parser half a second
};

struct scan {
  const char *at, *end;
  int line, depth, jumps;
};

static bool have(const struct scan *scan, size_t count) {
  return (size_t)(scan->end - scan->at) >= count;
}

static void step(struct scan *scan) {
  if (*scan->at++ == '\n') scan->line++;
}

// At '[': skips a long bracket and returns true, or stays.
static bool skip_long(struct scan *scan) {
  const char *at = scan->at + 1;
  while (at < scan->end && *at == '=') at++;
  if (at == scan->end || *at != '[') return false;
  size_t level = (size_t)(at - scan->at) - 1;
  for (scan->at = at + 1; scan->at < scan->end; step(scan)) {
    if (*scan->at != ']' || !have(scan, level + 2) || scan->at[level + 1] != ']')
      continue;
    size_t same = 0;
    while (same < level && scan->at[same + 1] == '=') same++;
    if (same < level) continue;
    scan->at += level + 2;
    return true;
  }
  return true;
}

static void skip_quoted(struct scan *scan) {
  char quote = *scan->at++;
  while (scan->at < scan->end && *scan->at != quote && *scan->at != '\n') {
    if (*scan->at == '\\' && have(scan, 2)) step(scan);
    step(scan);
  }
  if (scan->at < scan->end) step(scan);
}

static void skip_comment(struct scan *scan) {
  scan->at += 2;
  if (scan->at < scan->end && *scan->at == '[' && skip_long(scan)) return;
  while (scan->at < scan->end && *scan->at != '\n') scan->at++;
}

static bool is_one_of(const char *word, size_t len, const char *const *words) {
  for (; *words; words++)
    if (strlen(*words) == len && memcmp(*words, word, len) == 0) return true;
  return false;
}

static void read_word(struct scan *scan) {
  static const char *const open[] = {"function", "if", "do", "repeat", NULL};
  static const char *const close[] = {"end", "until", NULL};
  static const char *const jump[] = {"and", "or", "elseif", "goto", "break", NULL};
  const char *word = scan->at;
  while (scan->at < scan->end && (isalnum((unsigned char)*scan->at) || *scan->at == '_'))
    scan->at++;
  size_t len = (size_t)(scan->at - word);
  if (is_one_of(word, len, open)) scan->depth++;
  if (is_one_of(word, len, close)) scan->depth--;
  if (is_one_of(word, len, jump)) scan->jumps++;
}

static void read_token(struct scan *scan) {
  char c = *scan->at;
  if (c == '-' && have(scan, 2) && scan->at[1] == '-') {
    skip_comment(scan);
  } else if (c == '"' || c == '\'') {
    skip_quoted(scan);
  } else if (isalnum((unsigned char)c) || c == '_') {
    read_word(scan);
  } else if (c != '[' || !skip_long(scan)) {
    if (strchr("([{", c) && c) scan->depth++;
    if (strchr(")]}", c) && c) scan->depth--;
    step(scan);
  }
}

const char *sandbox_refuse_source(const char *text, size_t len, int *line) {
  struct scan scan = {text, text + len, 1, 0, 0};
  *line = 1;
  if (len > 0 && text[0] == '\x1b')
    return "compiled code is not accepted: give source text";
  while (scan.at < scan.end) {
    read_token(&scan);
    *line = scan.line;
    if (scan.depth > NESTING) return "the code nests deeper than 100 levels";
    if (scan.jumps > JUMPS) return "too many conditions in one file: split it";
  }
  return NULL;
}
