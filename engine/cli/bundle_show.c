#include <stdio.h>

#include "cli/bundle.h"
#include "cli/list.h"
#include "cli/show.h"
#include "cli/text.h"

static void say_active(const struct value *bundle) {
  struct value active = value_field(bundle, "active"),
               doing = value_field(bundle, "doing"),
               replanning = value_field(bundle, "replanning");
  cli_say(bundle, active.kind == VALUE_MAP
                      ? "{department} runs version {active.short}, active since "
                        "{active.at}[, by {active.by}][, commit {active.git}]."
                      : "{department} has no active scripts.");
  if (doing.kind == VALUE_TEXT) cli_say(bundle, "Its files are being taken: {doing}.");
  if (value_true(&replanning)) printf("Schedules are being planned again.\n");
}

static void say_candidate(const struct value *bundle) {
  struct value status = cli_field(bundle, "candidate.status"),
               reason = cli_field(bundle, "candidate.reason");
  if (value_is(&status, "refused"))
    cli_say(bundle,
            "Its files are refused[ since {candidate.at}][: {candidate.reason}]. What "
            "was active goes on.");
  else if (value_is(&status, "held"))
    cli_say(bundle,
            reason.kind == VALUE_TEXT
                ? "Version {candidate.short} of its files waits since {candidate.at}: "
                  "{candidate.reason}."
                : "Version {candidate.short} of its files waits since {candidate.at}: "
                  "afterward activate {department}.");
  else if (status.kind == VALUE_TEXT)
    cli_say(bundle,
            "Version {candidate.short} of its files is {candidate.status} since "
            "{candidate.at}[: {candidate.reason}].");
}

// What specs said, line by line.
static void print_output(const struct value *candidate) {
  struct value output = value_field(candidate, "output");
  if (output.kind != VALUE_TEXT || !output.text.len) return;
  printf("\nITS SPECS SAID\n");
  for (size_t at = 0; at < output.text.len;) {
    struct buf line = {0};
    size_t len = 0;
    while (at + len < output.text.len && output.text.data[at + len] != '\n') len++;
    cli_put_clean(&line, output.text.data + at, len);
    printf("%s\n", buf_text(&line));
    buf_deinit(&line);
    at += len + 1;
  }
}

static void print_problems(const struct value *candidate) {
  static const struct cli_column columns[] = {{"FILE", "file"},       {"LINE", "line"},
                                              {"WARNING", "warning"}, {"CODE", "code"},
                                              {"MESSAGE", "message"}, {NULL}};
  struct value problems = value_field(candidate, "problems");
  cli_rows("FOUND IN ITS FILES", &problems, columns);
  print_output(candidate);
}

static void print_report(const struct value *version, const char *whose) {
  static const struct cli_column columns[] = {
      {"RUN", "run"}, {"PATHWAY", "pathway"}, {"STEP", "name"},
      {"DAY", "day"}, {"AT", "position"},     {"WHY", "cause"},
      {NULL}};
  struct value report = value_field(version, "report"),
               list = value_field(&report, "list");
  struct value runs = value_field(&report, "runs");
  if (!value_int_or(&runs, 0)) return;
  printf("\n%s ", whose);
  cli_say(
      &report,
      "{runs} live runs were replayed: {agree} agree, {diverge} stay with the version "
      "they are on.");
  cli_rows(NULL, &list, columns);
}

void cli_bundle_tell(const struct cli *cli, const struct value *bundle) {
  struct value candidate = value_field(bundle, "candidate"),
               active = value_field(bundle, "active");
  (void)cli;
  say_active(bundle);
  say_candidate(bundle);
  print_problems(&candidate);
  print_report(&candidate, "With its files");
  print_report(&active, "When it became active");
}

void cli_bundle_tell_all(const struct cli *cli, const struct value *bundle) {
  static const struct cli_column columns[] = {
      {"VERSION", "short"}, {"ACTIVE SINCE", "at"}, {"BY", "by"},
      {"HOW", "way"},       {"GIT", "git"},         {NULL}};
  struct value versions = value_field(bundle, "versions");
  cli_bundle_tell(cli, bundle);
  cli_rows("VERSIONS, THE NEWEST FIRST", &versions, columns);
}
