// afterward curves: how a patient's readings go, beside the course that is expected.
#include <stdio.h>

#include "base/mem.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/file.h"
#include "cli/list.h"
#include "cli/patient.h"
#include "cli/show.h"

static void print_curve(const struct value *curve) {
  static const struct cli_column readings[] = {
      {"AT", "at"}, {"VALUE", "value"}, {"COURSE", "course"}, {NULL}};
  static const struct cli_column bands[] = {
      {"UNTIL", "at"}, {"LOW", "low"}, {"HIGH", "high"}, {NULL}};
  struct value points = cli_field(curve, "points"),
               expected = cli_field(curve, "expected");
  cli_say(curve, "{title.zh} {code}[, {unit}][: pathway {pathway}, {department}]");
  cli_say(curve, "[  expected by {source}]");
  cli_rows("readings", &points, readings);
  cli_rows("expected", &expected, bands);
}

static int save(const struct cli *cli, const char *id) {
  struct buf path = {0};
  cli_put_path(&path, "patients", id, "curves.svg");
  cli_put_query(&path, "code", cli_option(cli, "code"));
  cli_put_query(&path, "lang", cli_option(cli, "lang"));
  int code = cli_save(cli, buf_text(&path));
  buf_deinit(&path);
  return code;
}

static int print(const struct cli *cli, const char *id) {
  struct buf path = {0};
  cli_put_path(&path, "patients", id, "curves");
  cli_put_query(&path, "code", cli_option(cli, "code"));
  int code = cli_list(
      cli, buf_text(&path),
      &(struct cli_list){.nothing = "curves", .each = print_curve, .unfiltered = true});
  buf_deinit(&path);
  return code;
}

static int curves(struct cli *cli) {
  char *id;
  int code = cli_patient_id(cli, &id);
  if (!code) code = cli_switch(cli, "svg") ? save(cli, id) : print(cli, id);
  mem_free(id);
  return code;
}

const struct cli_command cli_curves = {
    .name = "curves",
    .words = "[ID]",
    .does = "how a patient's readings go, beside the course that is expected",
    .more =
        "Readings are below, within or above what the pathway expects. A picture is of "
        "one code.",
    .example =
        "afterward curves 9d8w\n"
        "afterward curves --mrn 00123456 --code pain --svg --output pain.svg",
    .most = 1,
    .options =
        (const struct cli_option[]){
            CLI_WHICH,
            {"code", "CODE", "only this one: pain, weight, glucose"},
            {"svg", NULL, "as a picture"},
            {"output", "FILE", "write the picture here, else to standard output"},
            {"lang", "zh|en", "the picture's language"},
            {NULL}},
    .run = curves};
