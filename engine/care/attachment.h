// Photos that patients give with an answer: the bytes are a blob, written first; the row
// here and the answer name it.
#pragma once

#include "care/care.h"
#include "store/blob.h"

struct attachment {
  char id[BLOB_NAME_SIZE];
  char item[64], kind[8];  // kind: a word of base/picture.h
  int64_t question, patient, bytes, created_at;
};

// Inbox "photo.keep": {photos: [{id, item, kind, bytes, sha256}], question}. One photo an
// item: the newer one takes the older one's place, whose id is in the result's replaced.
void attachment_handlers(struct care *care);
bool attachment_find(struct care *care, const char *id, struct attachment *out);
// Whether a photo was given to this question for this item; question 0: to any.
// The one given for an item; false when none was.
bool attachment_given(struct care *care, int64_t question, const char *item,
                      struct attachment *out);
bool attachment_belongs(struct care *care, const char *id, int64_t question,
                        const char *item);
// Removes blobs that no row names: those of a crash between file and commit, and those
// that were replaced. Not the young ones, and none while the inbox has rows to apply:
// they may be on their way.
void attachment_sweep(struct care *care);
