// JSON into canonical values, without a tree between: entries of an object are written as
// they come, and put in order at its end.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/value_parse.h"

const char parse_too_early[] = "the JSON ends too early";
const char parse_wrong[] = "this is not JSON";

// Where the fault was seen, never the text near it: errors are logged, and JSON names
// people.
int parse_fail(struct parse *parse, const char *at, const char *what) {
  int line = 1, column = 0;
  for (const char *seen = parse->text; seen < at; seen++) {
    bool follows = ((unsigned char)*seen & 0xC0) == 0x80;
    column = *seen == '\n' ? 0 : column + !follows;
    line += *seen == '\n';
  }
  return status_fail(parse->status, ERR_INVALID, "line %d, column %d: %s", line, column,
                     what);
}

static void skip_space(struct parse *parse) {
  while (parse->at < parse->end && (*parse->at == ' ' || *parse->at == '\n' ||
                                    *parse->at == '\r' || *parse->at == '\t'))
    parse->at++;
}

// The next byte that is not space, not passed yet; 0 at the end.
static char peek(struct parse *parse) {
  skip_space(parse);
  return parse->at < parse->end ? *parse->at : '\0';
}

static int fail_here(struct parse *parse) {
  return parse->at < parse->end ? parse_fail(parse, parse->at + 1, parse_wrong)
                                : parse_fail(parse, parse->end, parse_too_early);
}

static bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static int parse_word(struct parse *parse) {
  const char *from = parse->at;
  while (parse->at < parse->end && is_letter(*parse->at)) parse->at++;
  size_t len = (size_t)(parse->at - from);
  if (len == 4 && memcmp(from, "null", 4) == 0)
    value_put_nil(parse->out);
  else if (len == 4 && memcmp(from, "true", 4) == 0)
    value_put_bool(parse->out, true);
  else if (len == 5 && memcmp(from, "false", 5) == 0)
    value_put_bool(parse->out, false);
  else
    return parse_fail(parse, len ? parse->at : from + 1, parse_wrong);
  return OK;
}

static int parse_value(struct parse *parse);

static int parse_items(struct parse *parse) {
  size_t begun = value_begin_list(parse->out);
  uint32_t count = 0;
  parse->at++;
  if (peek(parse) == ']') {
    parse->at++;
    value_end(parse->out, begun, 0);
    return OK;
  }
  for (;; parse->at++) {
    if (parse_value(parse)) return ERR_INVALID;
    count++;
    if (peek(parse) != ',') break;
  }
  if (peek(parse) != ']') return fail_here(parse);
  parse->at++;
  value_end(parse->out, begun, count);
  return OK;
}

static int compare(const struct buf *out, const struct entry *a, const struct entry *b) {
  size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
  int order = memcmp(out->data + a->key, out->data + b->key, len);
  return order ? order : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

static int by_key(const void *a, const void *b, void *out) { return compare(out, a, b); }

static struct entry *entry_add(struct parse *parse) {
  if (parse->count == parse->cap) {
    parse->cap = parse->cap ? parse->cap * 2 : 16;
    parse->entries = mem_resize(parse->entries, parse->cap * sizeof *parse->entries);
  }
  return &parse->entries[parse->count++];
}

static int parse_key(struct parse *parse) {
  const char *key;
  size_t len;
  if (peek(parse) != '"') return fail_here(parse);
  if (parse_text(parse, &key, &len)) return ERR_INVALID;
  if (memchr(key, '\0', len))
    return parse_fail(parse, parse->at, "a key holds a zero byte");
  struct entry *entry = entry_add(parse);
  entry->from = parse->out->len;
  value_put_key_bytes(parse->out, key, len);
  entry->key = parse->out->len - len;
  entry->key_len = len;
  entry->after = parse->at;
  return OK;
}

static int parse_pair(struct parse *parse) {
  if (parse_key(parse)) return ERR_INVALID;
  size_t index = parse->count - 1;
  if (peek(parse) != ':') return fail_here(parse);
  parse->at++;
  if (parse_value(parse)) return ERR_INVALID;
  parse->entries[index].len = parse->out->len - parse->entries[index].from;
  return OK;
}

// The entries from this one on, which end out, in the order of their keys.
static int sort(struct parse *parse, size_t first) {
  size_t count = parse->count - first;
  if (count < 2) return OK;
  struct entry *entries = parse->entries + first;
  size_t from = entries->from;
  bool sorted = true;
  for (size_t i = 1; i < count && sorted; i++)
    sorted = compare(parse->out, &entries[i - 1], &entries[i]) < 0;
  if (sorted) return OK;
  qsort_r(entries, count, sizeof *entries, by_key, parse->out);
  buf_clear(&parse->scratch);
  for (size_t i = 0; i < count; i++) {
    if (i && compare(parse->out, &entries[i - 1], &entries[i]) == 0)
      return parse_fail(parse,
                        entries[i].after > entries[i - 1].after ? entries[i].after
                                                                : entries[i - 1].after,
                        "a key stands twice in one object");
    buf_put(&parse->scratch, parse->out->data + entries[i].from, entries[i].len);
  }
  memcpy(parse->out->data + from, parse->scratch.data, parse->scratch.len);
  return OK;
}

static int parse_pairs(struct parse *parse) {
  size_t begun = value_begin_map(parse->out), first = parse->count;
  parse->at++;
  if (peek(parse) != '}') {
    for (;; parse->at++) {
      if (parse_pair(parse)) return ERR_INVALID;
      if (peek(parse) != ',') break;
    }
    if (peek(parse) != '}') return fail_here(parse);
  }
  parse->at++;
  if (sort(parse, first)) return ERR_INVALID;
  value_end(parse->out, begun, (uint32_t)(parse->count - first));
  parse->count = first;
  return OK;
}

static int parse_within(struct parse *parse, int (*items)(struct parse *)) {
  if (++parse->depth > VALUE_DEPTH)
    return parse_fail(parse, parse->at + 1, "lists and objects nest over 64 deep");
  int code = items(parse);
  parse->depth--;
  return code;
}

static int parse_value(struct parse *parse) {
  const char *text;
  size_t len;
  char first = peek(parse);
  if (first == '{') return parse_within(parse, parse_pairs);
  if (first == '[') return parse_within(parse, parse_items);
  if (first == '-' || (first >= '0' && first <= '9')) return parse_number(parse);
  if (parse->at == parse->end) return parse_fail(parse, parse->end, parse_too_early);
  if (first != '"') return parse_word(parse);
  if (parse_text(parse, &text, &len)) return ERR_INVALID;
  value_put_bytes(parse->out, text, len);
  return OK;
}

int value_from_json(struct buf *out, const char *json, size_t len,
                    struct status *status) {
  struct parse parse = {.text = len ? json : "", .out = out, .status = status};
  size_t before = out->len;
  if (len > INT32_MAX)
    return status_fail(status, ERR_LIMIT, "the JSON is over 2 GB; send it in parts");
  parse.at = parse.text;
  parse.end = parse.text + len;
  int code = parse_value(&parse);
  skip_space(&parse);
  if (!code && parse.at < parse.end)
    code = parse_fail(&parse, parse.at + 1, "something follows the JSON's end");
  if (code) out->len = before;
  buf_deinit(&parse.scratch);
  mem_free(parse.entries);
  return code;
}
