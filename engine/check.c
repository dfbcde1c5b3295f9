#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void keep(struct check *check, const struct bundle_problem *problem) {
  size_t size = (size_t)(check->count + 1) * sizeof *check->problems;
  check->problems = mem_resize(check->problems, size);
  struct bundle_problem *copy = &check->problems[check->count++];
  *copy = *problem;
  copy->file = mem_copy_text(problem->file);
  copy->code = mem_copy_text(problem->code);
  copy->message = mem_copy_text(problem->message);
  copy->key = mem_copy_text(problem->key);
  copy->accepted = mem_copy_text(problem->accepted);
}

static void drop(struct bundle_problem *problem) {
  mem_free((void *)problem->file);
  mem_free((void *)problem->code);
  mem_free((void *)problem->message);
  mem_free((void *)problem->key);
  mem_free((void *)problem->accepted);
}

static int check_department(struct check *check, const struct script_path *path,
                            const char *department, struct status *status) {
  struct sources sources = {0};
  struct bundle_report report = {0};
  struct bundle *bundle = NULL;
  int code = sources_read(&sources, path->folder, department, status);
  if (!code) {
    struct bundle_config config = {.department = department};
    bundle_check(&bundle, &config, sources.items, sources.count, &report);
    bundle_free(bundle);
    check->departments++;
  }
  for (int i = 0; i < sources.count; i++) {
    bool shared = strncmp(sources.items[i].path, "shared/", 7) == 0;
    check->files += !shared || check->departments == 1;
  }
  for (int i = 0; i < report.count; i++)
    if (script_path_takes(path, report.problems[i].file))
      keep(check, &report.problems[i]);
  bundle_report_deinit(&report);
  sources_deinit(&sources);
  return code;
}

static int check_all(struct check *check, const struct script_path *path,
                     struct status *status) {
  struct departments departments = {0};
  int code = sources_departments(path->folder, &departments, status);
  for (int i = 0; i < departments.count && !code; i++)
    code = check_department(check, path, departments.names[i], status);
  departments_deinit(&departments);
  if (!code && check->departments == 0)
    code = status_fail(status, ERR_NOT_FOUND,
                       "%s has no department's folder in it; afterward new department "
                       "NAME makes one",
                       path->folder);
  return code;
}

static int by_place(const void *a, const void *b) {
  const struct bundle_problem *one = a, *other = b;
  int order = strcmp(one->file, other->file);
  if (!order) order = one->line - other->line;
  if (!order) order = one->column - other->column;
  if (!order) order = strcmp(one->code, other->code);
  if (!order) order = strcmp(one->message, other->message);
  return order;
}

// What every department says of shared/ is said once: the same finding at one place.
static bool same(const struct bundle_problem *one, const struct bundle_problem *other) {
  return strncmp(one->file, "shared/", 7) == 0 && strcmp(one->file, other->file) == 0 &&
         one->line == other->line && one->column == other->column &&
         strcmp(one->code, other->code) == 0;
}

static void unite(struct check *check) {
  int kept = 0;
  if (check->count)
    qsort(check->problems, (size_t)check->count, sizeof *check->problems, by_place);
  for (int i = 0; i < check->count; i++) {
    if (kept && same(&check->problems[kept - 1], &check->problems[i]))
      drop(&check->problems[i]);
    else
      check->problems[kept++] = check->problems[i];
  }
  check->count = kept;
}

int check_run(struct check *check, const struct script_path *path,
              struct status *status) {
  int code = path->department ? check_department(check, path, path->department, status)
                              : check_all(check, path, status);
  unite(check);
  for (int i = 0; i < check->count; i++) {
    const struct bundle_problem *problem = &check->problems[i];
    check->accepted += problem->accepted != NULL;
    check->errors += !problem->warning;
    check->warnings += problem->warning && !problem->accepted;
  }
  return code;
}

void check_deinit(struct check *check) {
  for (int i = 0; i < check->count; i++) drop(&check->problems[i]);
  mem_free(check->problems);
  *check = (struct check){0};
}
