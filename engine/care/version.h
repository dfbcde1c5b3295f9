// Versions of departments' scripts as rows: those kept, the one that is active, how that
// came about, and what the files hold that is not active.
#pragma once

#include "care/care.h"

struct activation {        // how a version becomes active; borrowed
  const char *department;  //
  const char *who;         // a login, or start, files, signal
  const char *way;         // files asked back
  const char *files;       // hash of the files on the disk it was made of; NULL: none
  const char *git;         // commit that their checkout was at, may be NULL
  int64_t at;
  const struct buf *report;  // what it would do to live runs, encoded; NULL: not known
};

// The row of a version, new or not; then each of its files. Within a transaction.
int64_t version_keep(struct store *store, const char *department, const char *digest,
                     const struct buf *definitions);
void version_keep_file(struct store *store, int64_t version, const char *path,
                       const char *text, size_t len);

// Within a transaction: this version is the department's from now on. replan: its
// schedule differs from that of the one before.
void version_activate(struct care *care, int64_t version,
                      const struct activation *activation, bool replan);
int64_t version_active(struct store *store, const char *department);  // row, 0: none
// The one that was active before the active one came; called again and again it goes
// further and further back. 0: there is none.
int64_t version_before(struct store *store, const char *department);
// A version that was active before, by the first characters of its hash. 0, with a
// sentence.
int64_t version_named(struct store *store, const char *department, const char *hash,
                      struct status *status);
// The files are others, and make the same version. Within a transaction.
void version_same(struct store *store, const char *department, const char *files);
// Hash of the files on the disk as they were taken, tried or withdrawn last; heap text,
// NULL when none are known.
char *version_files(struct store *store, const char *department);

struct candidate {         // borrowed
  const char *department;  //
  const char *files;       // hash of them
  const char *status;      // held refused withdrawn
  int64_t version;         // 0 for refused ones
  int64_t at;
  const char *who, *git;                // git may be NULL
  const char *reason;                   // one sentence
  const struct buf *problems, *report;  // encoded; may be NULL
  const char *output;                   // what specs said; may be NULL
};
// Takes the place of the department's last one. Within a transaction.
void candidate_put(struct store *store, const struct candidate *candidate);
// Why the candidate waits that is this version. In a transaction.
void candidate_reason(struct store *store, const char *department, int64_t version,
                      const char *reason);
// It waits no more, until its files change or somebody activates it. In a transaction.
void candidate_withdraw(struct store *store, const char *department, const char *who,
                        int64_t at);
// What its files make; 0 when it has none, or one that was refused.
int64_t candidate_version(struct store *store, const char *department);
