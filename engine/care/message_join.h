// The parts of a text that tells several things at once.
#pragma once

#include "base/buf.h"
#include "care/message_word.h"

// Bytes of the greeting that a text begins with, its mark included:
// "{patient.title}您好，"
size_t join_greeting(const char *text, size_t len);
int join_count(const struct buf *parts, int count);  // those that differ
// Greeting and numbered parts; what two say alike is said once.
void join_parts(const struct words *words, const struct buf *parts, int count,
                struct buf *out);
