// afterward check: what is wrong with scripts, before a patient meets it.
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "care/mapping.h"
#include "check.h"
#include "cli/commands.h"

// As an editor opens it: relative to where we are when it lies below.
static void put_file(const struct script_path *path, const char *file, struct buf *out) {
  char here[PATH_MAX];
  size_t len = getcwd(here, sizeof here) ? strlen(here) : 0;
  struct buf full = {0};
  buf_printf(&full, "%s/%s", path->folder, file);
  bool below = len > 0 && strncmp(full.data, here, len) == 0 && full.data[len] == '/';
  buf_puts(out, full.data + (below ? len + 1 : 0));
  buf_deinit(&full);
}

static void print_line(const struct script_path *path,
                       const struct bundle_problem *problem) {
  struct buf file = {0};
  put_file(path, problem->file, &file);
  printf("%s:%d:%d: %s: %s [%s]\n", buf_text(&file), problem->line ? problem->line : 1,
         problem->column ? problem->column : 1, problem->warning ? "warning" : "error",
         problem->message, problem->code);
  buf_deinit(&file);
}

static const char *plural(int count) { return count == 1 ? "" : "s"; }

static void print_text(const struct script_path *path, const struct check *check,
                       double seconds) {
  for (int i = 0; i < check->count; i++)
    if (!check->problems[i].accepted) print_line(path, &check->problems[i]);
  printf("%d error%s, %d warning%s, %d accepted with a reason; %d file%s in %.2f s.\n",
         check->errors, plural(check->errors), check->warnings, plural(check->warnings),
         check->accepted, check->files, plural(check->files), seconds);
}

static void put_json(const struct script_path *path, const struct bundle_problem *problem,
                     struct buf *out) {
  struct buf file = {0};
  put_file(path, problem->file, &file);
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "accepted", problem->accepted);
  mapping_text(&map, "code", problem->code);
  mapping_int(&map, "column", problem->column);
  mapping_text(&map, "file", buf_text(&file));
  mapping_int(&map, "line", problem->line);
  mapping_text(&map, "message", problem->message);
  mapping_text(&map, "severity", problem->warning ? "warning" : "error");
  mapping_end(&map);
  buf_deinit(&file);
}

static void put_findings(const struct script_path *path, const struct check *check,
                         struct buf *out) {
  size_t list = value_begin_list(out);
  for (int i = 0; i < check->count; i++) put_json(path, &check->problems[i], out);
  value_end(out, list, (uint32_t)check->count);
}

static void print_json(const struct script_path *path, const struct check *check,
                       double seconds) {
  struct buf bytes = {0}, json = {0};
  struct value view;
  struct mapping map = mapping_begin(&bytes);
  mapping_int(&map, "accepted", check->accepted);
  mapping_int(&map, "errors", check->errors);
  mapping_int(&map, "files", check->files);
  mapping_key(&map, "findings");
  put_findings(path, check, map.out);
  mapping_real(&map, "seconds", seconds);
  mapping_int(&map, "warnings", check->warnings);
  mapping_end(&map);
  value_read(bytes.data, bytes.len, &view);
  value_to_json(&json, &view);
  puts(json.data);
  buf_deinit(&bytes);
  buf_deinit(&json);
}

static int look(struct cli *cli, const struct script_path *path) {
  struct check check = {0};
  struct status status = {0};
  int64_t before = clock_steady_ms();
  int code = check_run(&check, path, &status)
                 ? cli_fail(cli, CLI_FAILED, "%s", status.text)
                 : CLI_OK;
  double seconds = (double)(clock_steady_ms() - before) / 1000;
  if (!code && cli->json)
    print_json(path, &check, seconds);
  else if (!code)
    print_text(path, &check, seconds);
  if (!code && check.errors + check.warnings > 0) code = CLI_FAILED;
  check_deinit(&check);
  return code;
}

static int run(struct cli *cli) {
  struct script_path path = {0};
  struct status status = {0};
  const char *where = script_folder(cli->word_count ? cli->words[0] : NULL, false);
  int code = script_path_find(&path, where, &status)
                 ? cli_fail(cli, CLI_FAILED, "%s", status.text)
                 : look(cli, &path);
  script_path_deinit(&path);
  return code;
}

const struct cli_command cli_check = {
    .name = "check",
    .words = "[PATH]",
    .does = "look through scripts for mistakes, without a daemon",
    .more =
        "PATH is a scripts folder, a department's folder or one file; when it is\n"
        "not said, AFTERWARD_SCRIPTS, ./scripts, or the scripts installed.\n"
        "An error keeps scripts from being activated. A warning would run, and probably\n"
        "not as it was meant; it can be accepted in place, with a reason:\n"
        "  -- accept CODE: the reason\n"
        "docs/scripting.md lists the codes. Exit 1 when anything is left.",
    .example = "afterward check scripts/ortho\nafterward check --json scripts",
    .options =
        (const struct cli_option[]){{"json", NULL, "for programs, accepted ones too"},
                                    {NULL}},
    .most = 1,
    .local = true,
    .run = run};
