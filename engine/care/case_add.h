// What is said of an open case after it came joins its words: the same case, not a second
// one.
#pragma once

#include "care/case.h"

// Inbox "case.add" { case, text, stars, attachments, staff }: by staff, as it was told
// them, or without `staff` by the sender.
void case_add_handler(struct care *care);
// Within a transaction, of an open case. What the phrases made of it is made anew of all
// its words, but for what a person corrected; the first words of one that came by a
// keyword alone begin its work anew. Otherwise it goes on, and its receiver reads them.
void case_add(struct care *care, int64_t enrollment, const char *staff, const char *text,
              const struct value *stars);
// The open case that somebody opened from this number or account by a keyword alone,
// lately, and has said nothing of yet; 0: there is none.
int64_t case_wordless(struct care *care, int64_t identity);
