// From the text of a pattern to its items.
#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#include "script/pattern.h"
#include "script/sandbox.h"

struct reader {
  struct pattern *pattern;
  const char *at, *end;
  int open[PATTERN_CAPTURES];  // numbers of the captures that wait for their ')'
  int depth;
};

static void refuse(struct reader *in, const char *why) {
  sandbox_error(in->pattern->L, "malformed pattern (%s)", why);
}

static struct pattern_item *add(struct reader *in, enum pattern_kind kind) {
  if (in->pattern->count == PATTERN_ITEMS)
    sandbox_error(in->pattern->L, "pattern too complex: more than %d items",
                  PATTERN_ITEMS);
  struct pattern_item *item = &in->pattern->items[in->pattern->count++];
  *item = (struct pattern_item){.kind = (unsigned char)kind};
  return item;
}

// At the first character after '['. A ']' there stands for itself.
static void read_set(struct reader *in, struct pattern_item *item) {
  if (in->at < in->end && *in->at == '^') {
    item->negated = true;
    in->at++;
  }
  const char *set = in->at;
  do {
    if (in->at < in->end && *in->at == '%') in->at++;
    if (in->at >= in->end) refuse(in, "missing ']'");
    in->at++;
  } while (in->at >= in->end || *in->at != ']');
  if (in->at - set > 4000) refuse(in, "set too long");
  item->set = set;
  item->len = (unsigned short)(in->at++ - set);
}

static void read_repeat(struct reader *in, struct pattern_item *item) {
  if (in->at < in->end && *in->at && strchr("?*+-", *in->at))
    item->repeat = (unsigned char)*in->at++;
}

static void read_open(struct reader *in) {
  struct pattern *pattern = in->pattern;
  bool position = in->at < in->end && *in->at == ')';
  if (pattern->captures == PATTERN_CAPTURES)
    sandbox_error(pattern->L, "too many captures");
  struct pattern_item *item = add(in, position ? PATTERN_POSITION : PATTERN_OPEN);
  pattern->capture[pattern->captures].start = NULL;
  pattern->capture[pattern->captures].len = 0;
  item->a = (unsigned char)pattern->captures++;
  if (position)
    in->at++;
  else
    in->open[in->depth++] = item->a;
}

static void read_back(struct reader *in, char digit) {
  int index = digit - '1';
  bool open = false;
  for (int i = 0; i < in->depth; i++) open = open || in->open[i] == index;
  if (index < 0 || index >= in->pattern->captures || open)
    sandbox_error(in->pattern->L, "invalid capture index %%%d", index + 1);
  add(in, PATTERN_BACK)->a = (unsigned char)index;
}

static void read_escape(struct reader *in) {
  if (in->at == in->end) refuse(in, "ends with '%'");
  char c = *in->at++;
  struct pattern_item *item;
  if (isdigit((unsigned char)c)) {
    read_back(in, c);
  } else if (c == 'b') {
    if (in->end - in->at < 2) refuse(in, "missing arguments to '%b'");
    item = add(in, PATTERN_BALANCE);
    item->a = (unsigned char)*in->at++;
    item->b = (unsigned char)*in->at++;
  } else if (c == 'f') {
    if (in->at == in->end || *in->at++ != '[') refuse(in, "missing '[' after '%f'");
    read_set(in, add(in, PATTERN_FRONTIER));
  } else {
    item = add(in, isalpha((unsigned char)c) ? PATTERN_CLASS : PATTERN_LITERAL);
    item->a = (unsigned char)c;
    read_repeat(in, item);
  }
}

static void read_single(struct reader *in, char c) {
  enum pattern_kind kind = c == '.'   ? PATTERN_ANY
                           : c == '[' ? PATTERN_SET
                                      : PATTERN_LITERAL;
  struct pattern_item *item = add(in, kind);
  item->a = (unsigned char)c;
  if (kind == PATTERN_SET) read_set(in, item);
  read_repeat(in, item);
}

void pattern_compile(struct pattern *pattern, lua_State *L, const char *text,
                     size_t len) {
  // cppcheck-suppress ctuuninitvar ; only its address is taken here
  struct reader in = {pattern, text, text + len, {0}, 0};
  pattern->L = L;
  pattern->text = text;
  pattern->len = len;
  pattern->steps = PATTERN_STEPS;
  pattern->captures = pattern->count = 0;
  while (in.at < in.end) {
    char c = *in.at++;
    if (c == '(') {
      read_open(&in);
    } else if (c == ')') {
      if (in.depth == 0) sandbox_error(L, "invalid pattern capture");
      add(&in, PATTERN_CLOSE)->a = (unsigned char)in.open[--in.depth];
    } else if (c == '%') {
      read_escape(&in);
    } else if (c == '$' && in.at == in.end) {
      add(&in, PATTERN_TAIL);
    } else {
      read_single(&in, c);
    }
  }
  if (in.depth > 0) sandbox_error(L, "unfinished capture");
}
