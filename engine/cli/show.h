// What the API gives, as text for people: moments short, titles in their language,
// details one to a line, versions by their first characters.
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/value.h"

// Appends a value on one line: moments as "2026-03-02 15:00" in the offset they came in,
// {zh, en} in the reader's language, lists joined by commas, maps as "key value".
void cli_put_value(struct buf *out, const struct value *value);
// Appends a sentence about a map: "{field}" is its value (as cli_field takes it); what
// stands in "[…]" is left out when a field in it is not there.
void cli_put_sentence(struct buf *out, const struct value *map, const char *sentence);
// The same as a line of standard output.
void cli_say(const struct value *map, const char *sentence);
// Prints a map, "key  value" on each line, maps within it indented; then its lists of
// maps, each a table under its name. What is empty is left out.
void cli_show(const struct value *value);
// Appends a field's name as a title: "ACCEPTED AT".
void cli_put_title(const struct value *key, struct buf *out);
// The first of the fields "a|b|c" that is there and not nil; "a.b" is a field of
// a field, or of the first item of a list.
struct value cli_field(const struct value *map, const char *names);
