// afterward enrollments, runs, jobs: who is on which pathway, and what it is doing; what
// departments do by the clock.
#include <stdio.h>

#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

static enum cli_style style(const struct value *item) {
  struct value status = cli_field(item, "status");
  if (value_is(&status, "stuck")) return CLI_RED;
  if (value_is(&status, "paused")) return CLI_YELLOW;
  return value_is(&status, "done") || value_is(&status, "ended") ? CLI_DIM : CLI_PLAIN;
}

// Each with what is ahead of it.
static void print_course(const struct value *item) {
  static const struct cli_column columns[] = {
      {"DUE", "due_at"}, {"STEP", "step"}, {"VALID UNTIL", "valid_until"}, {NULL}};
  struct value planned = cli_field(item, "planned");
  cli_say(item, "{pathway} of {department}, {status}, since {enrolled_at}, {id}");
  cli_rows(NULL, &planned, columns);
  puts("");
}

static int list_enrollments(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"PATIENT", "patient"},
                                              {"DEPARTMENT", "department"},
                                              {"PATHWAY", "pathway"},
                                              {"TIER", "tier"},
                                              {"STATUS", "status"},
                                              {"SINCE", "enrolled_at"},
                                              {"NEXT", "next_at"},
                                              {"STEP", "planned.step"},
                                              {"ENDED", "ended_at"},
                                              {"REASON", "ended_reason"},
                                              {NULL}};
  return cli_list(
      cli, "/api/v1/enrollments",
      &(struct cli_list){columns, "enrollments", style,
                         .each = cli_option(cli, "planned") ? print_course : NULL});
}

const struct cli_command cli_enrollments = {
    .name = "enrollments",
    .words = "",
    .does = "patients on their pathways",
    .example =
        "afterward enrollments --department ortho --status active --all\n"
        "afterward enrollments --patient p9d8w --planned 100",
    .options = (const struct cli_option[]){{"department", "NAME", "only this one's"},
                                           {"status", "WORD", "active paused ended"},
                                           {"patient", "ID", "only this patient's"},
                                           {"planned", "N",
                                            "beside a patient: so many steps ahead"},
                                           CLI_PAGING,
                                           {NULL}},
    .run = list_enrollments};

static int list_runs(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"STARTED", "started_at"},
                                              {"PATIENT", "patient"},
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
  return cli_list(cli, "/api/v1/runs", &(struct cli_list){columns, "runs", style});
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

static enum cli_style job_style(const struct value *item) {
  struct value status = cli_field(item, "last_status");
  struct value next = cli_field(item, "next_at");
  if (value_is(&status, "stuck")) return CLI_RED;
  return next.kind == VALUE_TEXT ? CLI_PLAIN : CLI_DIM;
}

static int list_jobs(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"DEPARTMENT", "department"},
                                              {"JOB", "job"},
                                              {"AT", "at"},
                                              {"NEXT", "next_at"},
                                              {"LAST RUN", "last_run"},
                                              {"FOR", "last_for"},
                                              {"RESULT", "last_status"},
                                              {"CAUSE", "last_cause"},
                                              {"NOTE", "last_note"},
                                              {NULL}};
  if (cli->word_count)
    return cli_get_one(cli, "jobs", cli->words[0],
                       "Job {job} of {department}, at {at}[, next {next_at}][; last "
                       "{last_run}: {last_status}].");
  return cli_list(cli, "/api/v1/jobs", &(struct cli_list){columns, "jobs", job_style});
}

const struct cli_command cli_jobs = {
    .name = "jobs",
    .words = "[ID]",
    .does = "what departments do by the clock, and how it went last",
    .more =
        "With an ID also what the job keeps for its next run, and its runs. One run: "
        "\nafterward run show ID; one that failed is made again by afterward run retry "
        "ID.",
    .example =
        "afterward jobs --status stuck\n"
        "afterward run retry g7k2m --reason \"the file is there now\"",
    .options = (const struct cli_option[]){{"department", "NAME", "only this one's"},
                                           {"status", "WORD",
                                            "how the last run went: done stuck"},
                                           CLI_PAGING,
                                           {NULL}},
    .most = 1,
    .run = list_jobs};
