// What the API gives, as text for people: moments short, titles in their language,
// details one to a line.
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/value.h"

// Appends a value on one line: moments as "2026-03-02 15:00" in the offset they came in,
// {zh, en} in the reader's language, lists joined by commas, maps as "key value".
void cli_put_value(struct buf *out, const struct value *value);
// Prints a map, "key  value" on each line, maps within it indented.
void cli_show(FILE *to, const struct value *value);
// The first of the fields "a|b|c" that is there and not nil; "a.b" is a field of
// a field, or of the first item of a list.
struct value cli_field(const struct value *map, const char *names);
