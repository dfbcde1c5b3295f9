#include "care/version.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "care/canary.h"
#include "care/quarantine.h"
#include "care/replan.h"

enum { HASH_LEAST = 6 };

int64_t version_keep(struct store *store, const char *department, const char *digest,
                     const struct buf *definitions) {
  store_exec(
      store,
      "INSERT OR IGNORE INTO bundle (department, digest, definitions) VALUES (?1,?2,?3)",
      "ttb", department, digest, definitions->data, definitions->len);
  return store_int(store, 0, "SELECT id FROM bundle WHERE department=?1 AND digest=?2",
                   "tt", department, digest);
}

void version_keep_file(struct store *store, int64_t version, const char *path,
                       const char *text, size_t len) {
  char digest[33];
  digest_hex(text, len, digest);
  store_exec(store, "INSERT OR IGNORE INTO source (digest, text) VALUES (?1,?2)", "tb",
             digest, text, len);
  store_exec(store,
             "INSERT OR IGNORE INTO bundle_file (bundle, path, digest) VALUES (?1,?2,?3)",
             "itt", version, path, digest);
}

int64_t version_active(struct store *store, const char *department) {
  return store_int(store, 0, "SELECT id FROM bundle WHERE department=?1 AND active=1",
                   "t", department);
}

static void flip(struct care *care, int64_t version, const struct activation *how) {
  store_exec(care->store, "UPDATE bundle SET active=0 WHERE department=?1 AND active=1",
             "t", how->department);
  store_exec(care->store,
             "UPDATE bundle SET active=1, activated_at=?2, activated_by=?3 WHERE id=?1",
             "iit", version, how->at, how->who);
}

// What the files hold is the active version, or it is not, and stays what it was until
// they change.
static void settle_candidate(struct care *care, const struct activation *how) {
  char *files;
  if (how->files) {
    store_exec(care->store, "DELETE FROM candidate WHERE department=?1", "t",
               how->department);
    return;
  }
  files = version_files(care->store, how->department);
  if (files)
    store_exec(care->store,
               "INSERT OR IGNORE INTO candidate (department, files, status, bundle, at, "
               "by_who, git, reason) SELECT ?1, ?2, 'withdrawn', bundle, ?3, ?4, git, "
               "'taken back: it waits until its files change, or afterward activate' "
               "FROM activation WHERE department=?1 ORDER BY id DESC LIMIT 1",
               "ttit", how->department, files, how->at, how->who);
  free(files);
}

void version_activate(struct care *care, int64_t version, const struct activation *how,
                      bool replan) {
  const struct buf none = {0}, *report = how->report ? how->report : &none;
  settle_candidate(care, how);
  canary_end(care, how->department, version, how->who, how->at);
  flip(care, version, how);
  store_exec(care->store,
             "INSERT INTO activation (department, bundle, at, by_who, way, files, git, "
             "report) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
             "tiittttb", how->department, version, how->at, how->who, how->way,
             how->files, how->git, report->data, report->len);
  quarantine_lift(care->store, how->department);
  if (replan) replan_begin(care, how->department, how->at);
}

// Versions that came from files or were asked for are a line of versions, each where it
// came last; those gone back to are older points of it. An edit that was undone and done
// again (A, B, A, B) must not bring B back from behind A.
int64_t version_before(struct store *store, const char *department) {
  return store_int(
      store, 0,
      "SELECT bundle FROM activation WHERE department=?1 AND way<>'back' GROUP BY bundle "
      "HAVING max(id)<(SELECT max(id) FROM activation WHERE department=?1 AND bundle=?2 "
      "AND way<>'back') ORDER BY max(id) DESC LIMIT 1",
      "ti", department, version_active(store, department));
}

int64_t version_named(struct store *store, const char *department, const char *hash,
                      struct status *status) {
  int64_t found = 0, count = 0;
  if (strlen(hash) < HASH_LEAST || strspn(hash, "0123456789abcdef") != strlen(hash)) {
    status_fail(status, ERR_INVALID,
                "\"%.40s\" is no hash: give its first %d characters or more", hash,
                HASH_LEAST);
    return 0;
  }
  struct stmt *rows = store_query(
      store,
      "SELECT DISTINCT bundle.id FROM bundle JOIN activation ON "
      "activation.bundle=bundle.id WHERE bundle.department=?1 AND substr(digest, 1, "
      "length(?2))=?2",
      "tt", department, hash);
  for (; stmt_row(rows); count++) found = stmt_int(rows, 0);
  stmt_done(rows);
  if (count == 1) return found;
  if (count)
    status_fail(status, ERR_INVALID, "more than one version of %s begins with %s",
                department, hash);
  else
    status_fail(status, ERR_NOT_FOUND,
                "no version of %s that was ever active begins with %s: afterward bundles "
                "%s lists them",
                department, hash, department);
  return 0;
}

void version_same(struct store *store, const char *department, const char *files) {
  store_exec(store, "DELETE FROM candidate WHERE department=?1", "t", department);
  store_exec(store,
             "UPDATE activation SET files=?2 WHERE id=(SELECT max(id) FROM activation "
             "WHERE department=?1)",
             "tt", department, files);
}

char *version_files(struct store *store, const char *department) {
  char *files = store_text(store, "SELECT files FROM candidate WHERE department=?1", "t",
                           department);
  return files ? files
               : store_text(store,
                            "SELECT files FROM activation WHERE department=?1 ORDER BY "
                            "id DESC LIMIT 1",
                            "t", department);
}

void candidate_put(struct store *store, const struct candidate *candidate) {
  const struct buf none = {0}, *problems = candidate->problems,
                   *report = candidate->report;
  if (!problems) problems = &none;
  if (!report) report = &none;
  store_exec(store,
             "INSERT OR REPLACE INTO candidate (department, files, status, bundle, at, "
             "by_who, git, reason, problems, output, report) VALUES "
             "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
             "tttIitttbtb", candidate->department, candidate->files, candidate->status,
             candidate->version, candidate->at, candidate->who, candidate->git,
             candidate->reason, problems->data, problems->len, candidate->output,
             report->data, report->len);
}

void candidate_reason(struct store *store, const char *department, int64_t version,
                      const char *reason) {
  store_exec(store,
             "UPDATE candidate SET status='held', reason=?3 WHERE department=?1 AND "
             "bundle=?2",
             "tit", department, version, reason);
}

void candidate_withdraw(struct store *store, const char *department, const char *who,
                        int64_t at) {
  store_exec(
      store,
      "UPDATE candidate SET status='withdrawn', by_who=?2, at=?3, reason='withdrawn "
      "from those who tried it: it waits until its files change, or afterward "
      "activate' WHERE department=?1",
      "tti", department, who, at);
}

int64_t candidate_version(struct store *store, const char *department) {
  return store_int(store, 0,
                   "SELECT bundle FROM candidate WHERE department=?1 AND "
                   "status<>'refused'",
                   "t", department);
}
