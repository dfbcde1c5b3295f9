// afterward numbers, wards: which numbers must be looked at, and how well wards do.
#include "cli/commands.h"
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
