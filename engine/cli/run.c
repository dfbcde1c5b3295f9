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
  static const struct cli_column columns[] = {{"DUE", "due_at"},
                                              {"STEP", "step"},
                                              {"DAY", "day"},
                                              {"VALID UNTIL", "valid_until"},
                                              {NULL}};
  static const struct cli_column reasons[] = {
      {"DUE", "due_at"}, {"STEP", "step"}, {"DAY", "day"},   {"REASON", "reason"},
      {"BY", "by"},      {"AT", "at"},     {"NOTE", "note"}, {NULL}};
  struct value planned = cli_field(item, "planned"), skipped = cli_field(item, "skipped");
  cli_say(item, "{pathway} of {department}, {status}, since {enrolled_at}, {id}");
  cli_rows(NULL, &planned, columns);
  cli_rows("SKIPPED BY A PERSON", &skipped, reasons);
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

static int skip(struct cli *cli) {
  struct merge fields = {0};
  struct buf path = {0};
  bool undo = cli_switch(cli, "undo");
  if (cli->word_count == 4 && cli_switch(cli, "all"))
    return cli_fail(cli, CLI_USAGE, "say a day or --all, not both");
  if (!undo && !cli_option(cli, "reason"))
    return cli_fail(cli, CLI_USAGE,
                    "say why: --reason told, declined, unneeded or wrong");
  cli_put_path(&path, "enrollments", cli->words[1], undo ? "unskip" : "skip");
  merge_text(&fields, "step", cli->words[2]);
  if (cli->word_count == 4) merge_text(&fields, "day", cli->words[3]);
  if (cli_switch(cli, "all")) merge_text(&fields, "day", "*");
  if (!undo) cli_merge_option(cli, &fields, "reason", "reason");
  if (!undo) cli_merge_option(cli, &fields, "note", "note");
  int code = cli_post(cli, buf_text(&path), &fields,
                      undo ? "Put back: {step} of {day} is ahead again."
                           : "Skipped: {step} of {day} does not begin.");
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_enrollment = {
    .name = "enrollment",
    .words = "skip ID STEP [DAY]",
    .does = "take a step that is still ahead out of one patient's plan, or put it back",
    .more =
        "ID, STEP and DAY as afterward enrollments --patient ID --planned 100 has them; "
        "DAY "
        "may\n"
        "be left out when the step is ahead on one day only. It does not begin, nobody "
        "gets\n"
        "work in its place, and the others go on. Why: told (otherwise), declined (the\n"
        "patient asked for it), unneeded, wrong. --undo while its hour has not come. "
        "What "
        "has\n"
        "begun already: afterward message cancel, afterward run cancel.",
    .example =
        "afterward enrollment skip e4t7p half-year --reason told --note \"at the "
        "visit\"\n"
        "afterward enrollment skip e4t7p pain 2026-03-09 --reason declined\n"
        "afterward enrollment skip e4t7p pain --all --reason declined\n"
        "afterward enrollment skip e4t7p half-year --undo",
    .verbs = (const char *const[]){"skip", NULL},
    .options = (const struct cli_option[]){{"reason", "WORD", "why"},
                                           {"note", "TEXT", "kept beside it"},
                                           {"all", NULL, "every day of it from now on"},
                                           {"undo", NULL, "put it back"},
                                           {NULL}},
    .least = 3,
    .most = 4,
    .run = skip};

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
