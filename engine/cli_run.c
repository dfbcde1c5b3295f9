// afterward enrollments, afterward runs: who is on which pathway, and what it is doing.
#include "cli_commands.h"
#include "cli_deed.h"
#include "cli_list.h"
#include "cli_show.h"

static enum cli_style style(const struct value *item) {
  struct value status = cli_field(item, "status");
  if (value_is(&status, "stuck")) return CLI_RED;
  if (value_is(&status, "paused")) return CLI_YELLOW;
  return value_is(&status, "done") || value_is(&status, "ended") ? CLI_DIM : CLI_PLAIN;
}

static int list_enrollments(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"PATIENT", "patient.id|patient"},
                                              {"DEPARTMENT", "department"},
                                              {"PATHWAY", "title|pathway"},
                                              {"TIER", "tier"},
                                              {"STATUS", "status"},
                                              {"SINCE", "enrolled_at"},
                                              {"NEXT", "planned.due_at|next_at"},
                                              {"STEP", "planned.step"},
                                              {"ENDED", "ended_at"},
                                              {"REASON", "ended_reason|reason"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/enrollments",
                  &(struct cli_list){columns, "No enrollments.", style});
}

const struct cli_command cli_enrollments = {
    .name = "enrollments",
    .words = "",
    .does = "patients on their pathways",
    .example = "afterward enrollments --department ortho --status active --all",
    .options = (const struct cli_option[]){{"department", "NAME", "only this one's"},
                                           {"status", "WORD", "active paused ended"},
                                           {"patient", "ID", "only this patient's"},
                                           CLI_PAGING,
                                           {NULL}},
    .run = list_enrollments};

static int list_runs(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"STARTED", "started_at"},
                                              {"PATIENT", "patient.id|patient"},
                                              {"DEPARTMENT", "department"},
                                              {"PATHWAY", "pathway"},
                                              {"STEP", "name"},
                                              {"DAY", "day"},
                                              {"STATUS", "status"},
                                              {"PAUSED BY", "paused_by"},
                                              {"WAITS FOR", "wait"},
                                              {"", "wait_label"},
                                              {"UNTIL", "due_at"},
                                              {"RESULT", "result"},
                                              {"CAUSE", "cause"},
                                              {"VERSION", "version"},
                                              {"BEHIND", "behind"},
                                              {"STAYED BECAUSE", "stayed"},
                                              {"WAIVED", "waived_reason"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/runs", &(struct cli_list){columns, "No runs.", style});
}

const struct cli_command cli_runs = {
    .name = "runs",
    .words = "",
    .does = "what steps and watches are doing",
    .more =
        "behind: still on an older version of its scripts; stayed because: what its "
        "record\nsays that the newest would not do. One run: afterward run show ID.",
    .example =
        "afterward runs --status stuck\n"
        "afterward runs --department ortho --wait task --age 3d\n"
        "afterward runs --behind yes --all",
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "only this one's"},
            {"status", "WORD", "ready waiting paused done stuck ended"},
            {"wait", "WORD", "what it waits for: ask send task event time"},
            {"age", "SPAN", "begun so long ago or longer, such as 3d"},
            {"version", "HASH", "on this version, or one that begins so"},
            {"behind", "yes", "still on a version that is not the newest"},
            {"patient", "ID", "only this patient's"},
            CLI_PAGING,
            {NULL}},
    .run = list_runs};
