// Photos that patients give with an answer, photos and voices of feedback: the bytes are
// a blob, written first; the row here, and the answer, name it.
#pragma once

#include "base/media.h"
#include "care/care.h"
#include "store/blob.h"

struct attachment {
  char id[BLOB_NAME_SIZE];
  char item[64], kind[8];  // kind: a word of base/media.h
  int64_t question, patient, bytes, created_at;
  int64_t case_;  // of feedback: the case's enrollment, and no question, item or patient
};

enum attachment_fault {
  ATTACHMENT_FINE,
  ATTACHMENT_KIND,   // it is nothing that is taken, or damaged
  ATTACHMENT_SIZE,   // more than most bytes
  ATTACHMENT_UNKEPT  // the disk refused; the log has why
};
struct attachment_file {
  const char *item;  // of a form; NULL: feedback
  const char *name;  // the file's own; NULL: nobody is to know it
  const void *bytes;
  size_t len, most;
  const struct media *media;  // as it was looked at; NULL: it is nothing that is taken
};
// Frees a file of what it tells about its place, writes it, and appends what an inbox row
// says of it. Before the row, outside the transaction.
enum attachment_fault attachment_write(struct care *care,
                                       const struct attachment_file *file,
                                       struct buf *list, char id[BLOB_NAME_SIZE],
                                       struct status *status);
// Files of a list as above that nobody will name.
void attachment_forget(struct care *care, const struct value *list);
// The rows of feedback's files; who is "sender" or a login. ERR_LIMIT past what one item
// may have.
int attachment_keep(struct care *care, const char *number, const char *who,
                    const struct value *list, struct status *status);

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
