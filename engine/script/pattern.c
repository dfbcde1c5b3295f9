#include "script/pattern.h"

#include <ctype.h>
#include <string.h>

#include "script/sandbox.h"

static void spend(struct pattern *p, size_t steps) {
  enum { CHUNK = 8192 };
  if (steps > p->steps) {
    lua_pushlstring(p->L, p->text, p->len < 40 ? p->len : 40);
    sandbox_error(p->L, "the pattern '%s' takes too long on this text",
                  lua_tostring(p->L, -1));
  }
  bool look = p->steps / CHUNK != (p->steps - steps) / CHUNK;
  p->steps -= steps;
  if (look) sandbox_charge(p->L, 4 * CHUNK);
}

static bool in_class(int c, int class) {
  bool is;
  switch (tolower(class)) {
    case 'a': is = isalpha(c); break;
    case 'c': is = iscntrl(c); break;
    case 'd': is = isdigit(c); break;
    case 'g': is = isgraph(c); break;
    case 'l': is = islower(c); break;
    case 'p': is = ispunct(c); break;
    case 's': is = isspace(c); break;
    case 'u': is = isupper(c); break;
    case 'w': is = isalnum(c); break;
    case 'x': is = isxdigit(c); break;
    default: return c == class;
  }
  return isupper(class) ? !is : is;
}

static bool in_set(const struct pattern_item *item, int c) {
  const unsigned char *at = (const unsigned char *)item->set, *end = at + item->len;
  for (; at < end; at++) {
    if (*at == '%' && at + 1 < end) {
      at++;
      if (isalpha(*at) ? in_class(c, *at) : c == *at) return !item->negated;
    } else if (at + 2 < end && at[1] == '-') {
      if (at[0] <= c && c <= at[2]) return !item->negated;
      at += 2;
    } else if (c == *at) {
      return !item->negated;
    }
  }
  return item->negated;
}

static bool matches_one(struct pattern *p, const struct pattern_item *item,
                        const char *at) {
  if (at >= p->end) return false;
  int c = (unsigned char)*at;
  switch (item->kind) {
    case PATTERN_ANY: return true;
    case PATTERN_CLASS: return in_class(c, item->a);
    case PATTERN_SET: spend(p, item->len > 16 ? item->len : 0); return in_set(item, c);
    default: return c == item->a;
  }
}

static const char *skip_balance(struct pattern *p, const struct pattern_item *item,
                                const char *at) {
  if (at >= p->end || (unsigned char)*at != item->a) return NULL;
  const char *begun = at;
  for (int depth = 1; ++at < p->end;) {
    if ((unsigned char)*at == item->b) {
      if (--depth == 0) break;
    } else if ((unsigned char)*at == item->a) {
      depth++;
    }
  }
  spend(p, (size_t)(at - begun));
  return at < p->end ? at + 1 : NULL;
}

static bool at_frontier(const struct pattern *p, const struct pattern_item *item,
                        const char *at) {
  int before = at == p->subject ? 0 : (unsigned char)at[-1];
  int here = at == p->end ? 0 : (unsigned char)*at;
  return !in_set(item, before) && in_set(item, here);
}

static const char *skip_back(struct pattern *p, int index, const char *at) {
  ptrdiff_t len = p->capture[index].len;
  if (len < 0) sandbox_error(p->L, "invalid capture index %%%d", index + 1);
  if (p->end - at < len) return NULL;
  spend(p, (size_t)len / 8);
  return memcmp(p->capture[index].start, at, (size_t)len) == 0 ? at + len : NULL;
}

static const char *match_from(struct pattern *p, int index, const char *at);

// As many as there are, then fewer and fewer.
static const char *match_longest(struct pattern *p, int index, const char *at,
                                 size_t least) {
  size_t count = 0;
  while (matches_one(p, &p->items[index], at + count)) count++;
  spend(p, count);
  for (;; count--) {
    if (count < least) return NULL;
    const char *end = match_from(p, index + 1, at + count);
    if (end) return end;
    if (count == 0) return NULL;
  }
}

static const char *match_shortest(struct pattern *p, int index, const char *at) {
  for (;; at++) {
    const char *end = match_from(p, index + 1, at);
    if (end) return end;
    if (!matches_one(p, &p->items[index], at)) return NULL;
  }
}

static const char *match_captured(struct pattern *p, int index, const char *at) {
  int number = p->items[index].a;
  ptrdiff_t len_before = p->capture[number].len;
  const char *start_before = p->capture[number].start;
  if (p->items[index].kind == PATTERN_CLOSE) {
    p->capture[number].len = at - start_before;
  } else {
    p->capture[number].start = at;
    p->capture[number].len =
        p->items[index].kind == PATTERN_POSITION ? PATTERN_AT : PATTERN_UNCLOSED;
  }
  const char *end = match_from(p, index + 1, at);
  if (end) return end;
  p->capture[number].start = start_before;
  p->capture[number].len = len_before;
  return NULL;
}

static const char *match_repeated(struct pattern *p, int index, const char *at) {
  const char *end;
  switch (p->items[index].repeat) {
    case '*': return match_longest(p, index, at, 0);
    case '+': return match_longest(p, index, at, 1);
    case '-': return match_shortest(p, index, at);
    default:
      if (matches_one(p, &p->items[index], at) &&
          (end = match_from(p, index + 1, at + 1)))
        return end;
      return match_from(p, index + 1, at);
  }
}

// Recursion goes to a later item each time, so its depth is bounded by PATTERN_ITEMS.
static const char *match_from(struct pattern *p, int index, const char *at) {
  for (; index < p->count && at; index++) {
    const struct pattern_item *item = &p->items[index];
    spend(p, 1);
    switch (item->kind) {
      case PATTERN_OPEN:
      case PATTERN_CLOSE:
      case PATTERN_POSITION: return match_captured(p, index, at);
      case PATTERN_TAIL:
        if (at != p->end) return NULL;
        break;
      case PATTERN_BALANCE: at = skip_balance(p, item, at); break;
      case PATTERN_FRONTIER:
        if (!at_frontier(p, item, at)) return NULL;
        break;
      case PATTERN_BACK: at = skip_back(p, item->a, at); break;
      default:
        if (item->repeat) return match_repeated(p, index, at);
        if (!matches_one(p, item, at++)) return NULL;
    }
  }
  return at;
}

const char *pattern_match(struct pattern *p, const char *start) {
  return match_from(p, 0, start);
}

void pattern_push(struct pattern *p, int index, const char *start, const char *end) {
  if (index >= p->captures) {
    if (index != 0) sandbox_error(p->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(p->L, start, (size_t)(end - start));
  } else if (p->capture[index].len == PATTERN_AT) {
    lua_pushinteger(p->L, p->capture[index].start - p->subject + 1);
  } else {
    lua_pushlstring(p->L, p->capture[index].start, (size_t)p->capture[index].len);
  }
}

int pattern_push_all(struct pattern *p, const char *start, const char *end) {
  int count = p->captures > 0 || !start ? p->captures : 1;
  if (!lua_checkstack(p->L, count)) sandbox_error(p->L, "too many captures");
  for (int i = 0; i < count; i++) pattern_push(p, i, start, end);
  return count;
}
