// A message of HL7 version 2, as slices of its UTF-8 text.
#pragma once

#include "text.h"

enum { MESSAGE_SEGMENTS = 20000 };

struct message {
  char field, component, repeat, escape, sub;  // its delimiters
  struct slice *segments;                      // without their ends; owned
  size_t count;
};

// Splits a text at its segments. NULL, or a sentence why it is no message; the message is
// then empty. The text must stay.
const char *message_read(struct message *message, struct slice text);
void message_free(struct message *message);

// A text may hold several, one after another or in a batch (FHS, BHS): takes the next
// from the front of rest; false at the end. The envelopes are skipped.
bool message_next(struct slice *rest, struct slice *out);

bool segment_is(const struct message *message, size_t segment, const char *name);
// Field n of a segment: MSH-1 is the delimiter itself. Empty when there is none.
struct slice segment_field(const struct message *message, size_t segment, int n);
struct slice field_repeat(const struct message *message, struct slice field,
                          int n);                                      // from 0
int field_repeats(const struct message *message, struct slice field);  // 0 when empty
struct slice repeat_component(const struct message *message, struct slice repeat,
                              int n);  // from 1
struct slice component_sub(const struct message *message, struct slice component,
                           int n);  // from 1
// Appends the text without its escapes: \F\ \S\ \R\ \E\ \T\ \X..\ \.br\; the rest of them
// are dropped.
void message_unescape(const struct message *message, struct slice value,
                      struct text *out);
struct slice message_header(const struct message *message, int n);  // MSH-n
