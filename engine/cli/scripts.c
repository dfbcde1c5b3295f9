#include "cli/scripts.h"

#include <string.h>

#include "base/known.h"
#include "script/bundle.h"
#include "script/sources.h"
#include "script_path.h"

const char *cli_scripts(const struct cli *cli) {
  return script_folder(cli_option(cli, "scripts"), false);
}

int cli_scripts_has(const struct cli *cli, const char *folder, const char *department) {
  struct departments departments = {0};
  struct status status = {0};
  struct known known;
  if (sources_departments(folder, &departments, &status))
    return cli_fail(cli, CLI_FAILED, "%s: name another with --scripts", status.text);
  known_start(&known, "department", department);
  for (int i = 0; i < departments.count; i++) known_offer(&known, departments.names[i]);
  int code = CLI_OK;
  if (!known.found) {
    struct buf text = {0};
    known_put(&known, &text);
    code =
        cli_fail(cli, CLI_FAILED, "%s in the scripts folder %s", buf_text(&text), folder);
    buf_deinit(&text);
  }
  known_deinit(&known);
  departments_deinit(&departments);
  return code;
}

int cli_scripts_read(const struct cli *cli, const char *folder, const char *department,
                     struct sources *sources) {
  struct status status = {0};
  int code = cli_scripts_has(cli, folder, department);
  if (!code && sources_read(sources, folder, department, &status))
    code = cli_fail(cli, CLI_FAILED, "%s", status.text);
  return code;
}

int cli_scripts_make(const struct cli *cli, const struct sources *sources,
                     const char *department, struct bundle **out) {
  struct bundle_report report = {0};
  struct buf text = {0};
  int code = CLI_OK;
  if (bundle_load(out, &(struct bundle_config){.department = department}, sources->items,
                  sources->count, &report)) {
    bundle_report_text(&report, &text);
    code =
        cli_fail(cli, CLI_FAILED, "these scripts can't be loaded:\n%s", buf_text(&text));
  }
  buf_deinit(&text);
  bundle_report_deinit(&report);
  return code;
}

int cli_scripts_load(const struct cli *cli, const char *folder, const char *department,
                     struct bundle **out) {
  struct sources sources = {0};
  int code = cli_scripts_read(cli, folder, department, &sources);
  if (!code) code = cli_scripts_make(cli, &sources, department, out);
  sources_deinit(&sources);
  return code;
}
