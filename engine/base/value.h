// Canonical values: one encoding for what crosses between C, Lua, the journal and JSON.
// Nil, booleans, 64-bit integers, finite doubles, byte strings, lists and maps with
// sorted, unique text keys. Equal values have equal bytes. Borrowed views point into the
// bytes they were read from.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

enum { VALUE_DEPTH = 64 };  // containers within each other; deeper is malformed

enum value_kind {
  VALUE_NIL,
  VALUE_BOOL,
  VALUE_INT,
  VALUE_REAL,
  VALUE_TEXT,
  VALUE_LIST,
  VALUE_MAP
};

struct value {  // a borrowed view of one encoded value
  enum value_kind kind;
  union {
    bool boolean;
    int64_t integer;
    double real;
    struct {
      const char *data;
      size_t len;
    } text;  // not NUL-terminated
    struct {
      const char *data;
      size_t len;
      uint32_t count;
    } items;  // entries of a list or map
  };
};

// Writing. Containers are begun and ended; map keys must come in strictly rising byte
// order.
void value_put_nil(struct buf *out);
void value_put_bool(struct buf *out, bool flag);
void value_put_int(struct buf *out, int64_t number);
void value_put_real(struct buf *out,
                    double number);  // NaN and infinities are a broken invariant
void value_put_text(struct buf *out, const char *text);
void value_put_bytes(struct buf *out, const char *bytes, size_t len);
size_t value_begin_list(struct buf *out);
size_t value_begin_map(struct buf *out);
void value_put_key(struct buf *out, const char *key);  // then exactly one value
void value_put_key_bytes(struct buf *out, const char *key, size_t len);
void value_end(struct buf *out, size_t begun,
               uint32_t count);                              // count of items or of pairs
void value_put(struct buf *out, const struct value *value);  // copies a view

// Reading. False (and a VALUE_NIL view) when the bytes are not one whole valid value.
bool value_read(const char *bytes, size_t len, struct value *out);
// Reads one value from the front and says how many bytes it took; 0 when malformed. What
// is nested is checked for bounds when it is read, for order and depth by value_read
// only.
size_t value_read_front(const char *bytes, size_t len, struct value *out);

struct value_iter {
  const char *data;
  size_t len;
  uint32_t left;
  bool map;
};
struct value_iter value_iterate(const struct value *container);  // empty for other kinds
// key may be NULL for lists; for maps it gets a VALUE_TEXT view.
bool value_next(struct value_iter *iter, struct value *key, struct value *item);

// Fields of a map; a missing field is VALUE_NIL.
struct value value_field(const struct value *map, const char *key);
struct value value_at(const struct value *list, uint32_t index);  // from 0
uint32_t value_count(const struct value *container);
bool value_is(const struct value *value, const char *text);  // is this text
char *value_copy_text(
    const struct value *value);  // heap, NUL-terminated; NULL when not text
char *value_copy_field(const struct value *map, const char *name);  // the same of a field
int64_t value_int_or(const struct value *value,
                     int64_t otherwise);  // reals are truncated
double value_real_or(const struct value *value, double otherwise);
bool value_true(const struct value *value);  // neither nil nor false, as in Lua

// JSON. Bytes that are not UTF-8 go out as U+FFFD; numbers without fraction and exponent
// come in as integers.
int value_from_json(struct buf *out, const char *json, size_t len, struct status *status);
void value_to_json(struct buf *out, const struct value *value);
