// What an event may look like: its kinds, and the fields of each map in it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum field_kind {
  FIELD_TEXT,    // up to most bytes
  FIELD_LONG,    // the same, of several lines
  FIELD_WORD,    // one of words
  FIELD_TIME,    // ISO 8601
  FIELD_DATE,    // YYYY-MM-DD
  FIELD_FLAG,    // true or false
  FIELD_COUNT,   // whole, from 0 to most
  FIELD_NUMBER,  // finite
  FIELD_PHONE,
  FIELD_EMAIL,
  FIELD_PHONES,  // a list of them, at most so many
  FIELD_WORDS,   // a list of some of words, at most so many
  FIELD_MAP,     // of a shape
  FIELD_LIST,    // of maps of a shape, at most so many
  FIELD_CODES,   // the same; a text alone is a code or a name
  FIELD_DATA     // the site's own facts: texts, numbers, flags
};

struct event_shape {
  const char *name;  // as sentences name it: "a contact"
  const struct event_field {
    const char *name;
    enum field_kind kind;
    bool needed;
    size_t most;
    const char *const *words;         // FIELD_WORD, ended by NULL
    const struct event_shape *shape;  // FIELD_MAP, FIELD_LIST, FIELD_CODES
    const char *hint;                 // an example, for sentences
  } * fields;                         // ended by a NULL name
};

extern const struct event_shape event_shape;  // the whole event
// Which fields an event of this kind can't be without, ended by NULL; NULL for an unknown
// kind.
const char *const *event_needs(const char *kind);
extern const char *const event_kinds[];  // ended by NULL
