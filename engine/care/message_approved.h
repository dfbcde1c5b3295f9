// Texts that a provider knows by number: what a template or form says of it for a
// channel, and what stands in its variables.
#pragma once

#include "care/message_word.h"

// What the template, or the form, says is approved for the channel, a map {id, params,
// en}; nil when nothing is. kind: the message's; a reminder may have a number of its own.
struct value message_approved(const struct value *definition, const char *channel,
                              const char *kind);
// Appends {id, params}, the placeholders filled in, in the language of words; nothing
// when nothing is approved. False when something stands for no placeholder: missing gets
// its name.
bool message_approved_put(const struct words *words, struct buf *out,
                          struct buf *missing);
