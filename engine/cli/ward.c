// afterward numbers, wards, poster: which numbers must be looked at, how well wards do,
// and what hangs in them.
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/file.h"
#include "cli/list.h"
#include "cli/show.h"

static enum cli_style style(const struct value *item) {
  struct value flag = cli_field(item, "flag");
  return value_is(&flag, "void") || value_is(&flag, "placeholder") ? CLI_RED : CLI_PLAIN;
}

static int numbers(struct cli *cli) {
  static const struct cli_column columns[] = {
      {"ID", "id"},           {"NUMBER", "value"},
      {"FLAG", "flag"},       {"PATIENTS", "patients"},
      {"PATIENT", "patient"}, {"RELATION", "relation"},
      {"REMEDY", "remedy"},   {NULL}};
  return cli_list(cli, "/api/v1/numbers", &(struct cli_list){columns, "numbers", style});
}

const struct cli_command cli_numbers = {
    .name = "numbers",
    .words = "",
    .does =
        "phone numbers to look at: nobody's, shared by many, not proved, and the remedy",
    .example = "afterward numbers\nafterward numbers --flag unproved --ward 5A --all",
    .options =
        (const struct cli_option[]){{"flag", "WORD",
                                     "void placeholder shared landline, or unproved: of "
                                     "patients in a bed of whom "
                                     "no number is proved; else all but landlines"},
                                    {"ward", "NAME", "of patients of this ward"},
                                    CLI_PAGING,
                                    {NULL}},
    .run = numbers};

static int wards(struct cli *cli) {
  static const struct cli_column columns[] = {{"WARD", "ward"},
                                              {"DEPARTMENT", "department"},
                                              {"IN BED", "in_bed"},
                                              {"PROVED", "in_bed_proved"},
                                              {"%", "in_bed_proved_percent"},
                                              {"BOUND", "in_bed_bound"},
                                              {"%", "in_bed_bound_percent"},
                                              {"LEFT", "left"},
                                              {"PROVED", "left_proved"},
                                              {"%", "left_proved_percent"},
                                              {"BOUND", "left_bound"},
                                              {"%", "left_bound_percent"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/wards", &(struct cli_list){columns, "wards"});
}

const struct cli_command cli_wards = {
    .name = "wards",
    .words = "",
    .does =
        "of each ward's patients, how many have a proved number, how many WeChat bound",
    .example = "afterward wards --department ortho --days 90",
    .options = (const struct cli_option[]){{"department", "NAME", "only this one's"},
                                           {"days", "N",
                                            "of those who left in so many days; else 30"},
                                           {NULL}},
    .run = wards};

static int poster(struct cli *cli) {
  struct buf path = {0};
  cli_put_path(&path, "wards", cli->words[0], "poster");
  if (cli_switch(cli, "svg")) cli_put_query(&path, "format", "svg");
  int code = cli_save(cli, path.data);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_poster = {
    .name = "poster",
    .words = "WARD",
    .does =
        "a ward's poster: who scans it writes a word for the hospital; A4, opens offline",
    .example = "afterward poster '3 East' --output 3-east.html",
    .least = 1,
    .most = 1,
    .options =
        (const struct cli_option[]){
            {"svg", NULL, "the code alone, for a poster of your own"},
            {"output", "FILE", "write it here, else to standard output"},
            {NULL}},
    .run = poster};
