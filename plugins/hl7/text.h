// Bytes that grow, slices of them, and what HL7 does to text: characters, escapes, times.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct slice {  // borrowed; at may be NULL when len is 0
  const char *at;
  size_t len;
};

struct text {  // zeros are an empty one; always followed by a NUL when data is not NULL
  char *data;
  size_t len, room;
};

void text_put(struct text *text, const void *bytes, size_t count);
void text_puts(struct text *text, const char *word);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_free(struct text *text);  // empty and ready again
struct slice text_slice(const struct text *text);

bool slice_is(struct slice slice, const char *word);
bool slice_has(struct slice slice,
               const char *word);  // anywhere in it, in ASCII capitals

// A JSON text, in quotes; what is no UTF-8 goes out as U+FFFD, control characters
// escaped.
void text_put_json(struct text *out, struct slice value);

enum encoding { ENCODING_AUTO, ENCODING_UTF8, ENCODING_GB18030 };
bool encoding_parse(const char *name, enum encoding *out);  // "auto", "utf-8", "gb18030"
// Which one a message is in: as configured, else as MSH-18 says, else UTF-8 when it is
// valid.
enum encoding encoding_of(struct slice message, enum encoding configured);
// Appends it as UTF-8, without a byte order mark. False when it holds bytes of neither.
bool encoding_read(struct slice message, enum encoding encoding, struct text *out);
bool encoding_write(struct slice utf8, enum encoding encoding, struct text *out);
