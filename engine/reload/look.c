// Reading the disk: which departments' files are not those that were seen last.
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "git_head.h"
#include "reload/parts.h"

struct known {
  char *department;
  char files[33];
};

static void know(struct look *look, const char *department, const char *files) {
  look->known =
      mem_resize(look->known, (size_t)(look->known_count + 1) * sizeof *look->known);
  struct known *known = &look->known[look->known_count++];
  *known = (struct known){.department = mem_copy_text(department)};
  strncpy(known->files, files, sizeof known->files - 1);
}

static void know_rows(struct look *look, struct stmt *rows) {
  while (stmt_row(rows))
    if (!stmt_null(rows, 1)) know(look, stmt_text(rows, 0), stmt_text(rows, 1));
  stmt_done(rows);
}

struct look *look_new(const struct reload *reload, const char *department,
                      const char *who, bool again) {
  struct look *look = mem_alloc(sizeof *look);
  struct store *store = reload->engine->store;
  look->folder = mem_copy_text(reload->folder);
  look->only = mem_copy_text(department);
  look->who = mem_copy_text(who);
  look->found_end = &look->found;
  know_rows(look, store_query(store,
                              "SELECT department, files FROM candidate WHERE NOT ?1 OR "
                              "status<>'refused'",
                              "i", (int64_t)again));
  know_rows(look,
            store_query(store,
                        "SELECT department, files FROM activation WHERE id IN (SELECT "
                        "max(id) FROM activation GROUP BY department) AND NOT EXISTS "
                        "(SELECT 1 FROM candidate WHERE "
                        "candidate.department=activation.department)",
                        ""));
  for (const struct taking *taking = reload->takings; taking; taking = taking->next)
    know(look, taking->department, taking->files);
  return look;
}

static bool is_known(const struct look *look, const char *department, const char *files) {
  for (int i = 0; i < look->known_count; i++)
    if (!strcmp(look->known[i].department, department) &&
        !strcmp(look->known[i].files, files))
      return true;
  return false;
}

// Files that can't be read are remembered by the reason.
static void look_at(struct look *look, const char *department, const char *git) {
  struct taking *taking = mem_alloc(sizeof *taking);
  taking->department = mem_copy_text(department);
  taking->who = mem_copy_text(look->who);
  memcpy(taking->git, git, sizeof taking->git);
  if (sources_read(&taking->sources, look->folder, department, &taking->read))
    digest_hex(taking->read.text, strlen(taking->read.text), taking->files);
  else
    sources_hash(&taking->sources, taking->files);
  if (is_known(look, department, taking->files)) {
    taking_free(taking);
    return;
  }
  *look->found_end = taking;
  look->found_end = &taking->next;
}

void look_run(void *self) {
  struct look *look = self;
  struct departments departments = {0};
  char git[65] = "";
  git_head(look->folder, git);
  if (sources_departments(look->folder, &departments, &look->status)) return;
  for (int i = 0; i < departments.count; i++)
    if (!look->only || !strcmp(look->only, departments.names[i]))
      look_at(look, departments.names[i], git);
  departments_deinit(&departments);
}

void taking_free(struct taking *taking) {
  loop_job_free(taking->loading);
  specs_kill(taking->specs);
  replay_report_free(taking->replay);
  buf_deinit(&taking->replayed);
  buf_deinit(&taking->pathways);
  buf_deinit(&taking->ends);
  if (taking->reader) store_close(taking->reader);
  bundle_free(taking->bundle);
  bundle_report_deinit(&taking->report);
  sources_deinit(&taking->sources);
  buf_deinit(&taking->output);
  mem_free(taking->department);
  mem_free(taking->who);
  mem_free(taking);
}

void look_free(struct look *look) {
  if (!look) return;
  while (look->found) {
    struct taking *next = look->found->next;
    taking_free(look->found);
    look->found = next;
  }
  for (int i = 0; i < look->known_count; i++) mem_free(look->known[i].department);
  mem_free(look->known);
  mem_free(look->folder);
  mem_free(look->only);
  mem_free(look->who);
  mem_free(look);
}
