// afterward compare, promote, withdraw: a version that some enrollments follow first.
#include <stdio.h>
#include <string.h>

#include "cli/bundle.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/show.h"
#include "cli/table.h"

static void put_cell(struct cli_table *table, const struct value *side,
                     const char *field) {
  struct value value = value_field(side, field);
  struct buf text = {0};
  cli_put_value(&text, &value);
  cli_table_put(table, value.kind == VALUE_NIL ? "-" : buf_text(&text),
                value.kind == VALUE_NIL ? 1 : text.len, CLI_PLAIN);
  buf_deinit(&text);
}

static void print_end(const struct value *answer) {
  struct value at = value_field(answer, "ended_at"), how = value_field(answer, "ended"),
               who = value_field(answer, "ended_by");
  struct buf text = {0};
  buf_puts(&text, " until ");
  cli_put_value(&text, &at);
  buf_puts(&text, ": ");
  cli_put_value(&text, &how);
  buf_puts(&text, " by ");
  cli_put_value(&text, &who);
  printf("%s\n", buf_text(&text));
  buf_deinit(&text);
}

static void print(const struct value *answer) {
  static const struct {
    const char *title, *field;
  } lines[] = {{"patients", "patients"},
               {"enrollments", "enrollments"},
               {"runs begun", "runs"},
               {"messages", "messages"},
               {"  reached %", "reached_percent"},
               {"asked", "asked"},
               {"  answered %", "answered_percent"},
               {"alerts", "alerts"},
               {"  per 100 patients", "alerts_per_100_patients"},
               {"runs completed %", "completed_percent"},
               {"runs stuck", "stuck"}};
  struct value active = value_field(answer, "active"),
               tried = value_field(answer, "tried"), since = value_field(answer, "since"),
               ended = value_field(answer, "ended");
  struct cli_table table;
  struct buf text = {0};
  cli_put_value(&text, &since);
  printf("Since %s%s", buf_text(&text), ended.kind == VALUE_NIL ? "\n" : "");
  buf_deinit(&text);
  if (ended.kind != VALUE_NIL) print_end(answer);
  cli_table_init(&table, 3);
  cli_table_words(&table, "", CLI_BOLD);
  put_cell(&table, answer, "version");
  put_cell(&table, answer, "tried_version");
  cli_table_words(&table, "", CLI_BOLD);
  cli_table_words(&table, "ACTIVE", CLI_BOLD);
  cli_table_words(&table, "TRIED", CLI_BOLD);
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    cli_table_words(&table, lines[i].title, CLI_PLAIN);
    put_cell(&table, &active, lines[i].field);
    put_cell(&table, &tried, lines[i].field);
  }
  cli_table_print(&table, stdout);
  cli_table_deinit(&table);
}

static int compare(struct cli *cli) {
  struct buf path = {0};
  struct cli_answer answer = {0};
  cli_put_path(&path, "pathways", cli->words[0], "compare");
  cli_put_query(&path, "department", cli_option(cli, "department"));
  int code = cli_ask(cli, "GET", buf_text(&path), NULL, &answer);
  if (!code && cli->json)
    printf("%s\n", buf_text(&answer.text));
  else if (!code)
    print(&answer.value);
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_compare = {
    .name = "compare",
    .words = "PATHWAY",
    .does = "the version that some enrollments try beside the active one, in figures",
    .more =
        "Of the runs begun since: how many patients, how many were reached, answered, "
        "raised\nalerts and came to their end. Few patients say little: look at the "
        "numbers first.\nThe last trial can be looked at when it is over, too, with who "
        "ended "
        "it and how.",
    .example = "afterward compare hip-replacement",
    .options =
        (const struct cli_option[]){{"department", "NAME", "whose pathway"}, {NULL}},
    .least = 1,
    .most = 1,
    .run = compare};

static int post(struct cli *cli, cli_tell *tell) {
  struct merge fields = {0};
  struct buf path = {0};
  cli_put_path(&path, "bundles", cli->words[0], cli->command->name);
  int code = cli_post_tell(cli, buf_text(&path), &fields, tell);
  buf_deinit(&path);
  return code;
}

static void tell_promoted(const struct cli *cli, const struct value *bundle) {
  cli_say(bundle, "What some tried is for all now.");
  cli_bundle_tell(cli, bundle);
}

static int promote(struct cli *cli) { return post(cli, tell_promoted); }

const struct cli_command cli_promote = {
    .name = "promote",
    .words = "DEPARTMENT",
    .does = "the version that some enrollments try becomes the active one, for all",
    .example = "afterward promote ortho",
    .least = 1,
    .most = 1,
    .run = promote};

static void tell_withdrawn(const struct cli *cli, const struct value *bundle) {
  cli_say(bundle, "Nobody tries another version any more.");
  cli_bundle_tell(cli, bundle);
}

static int withdraw(struct cli *cli) { return post(cli, tell_withdrawn); }

const struct cli_command cli_withdraw = {
    .name = "withdraw",
    .words = "DEPARTMENT",
    .does = "the version that some enrollments try is followed by nobody any more",
    .more =
        "Their schedules are the active version's again; runs that can't move stay with "
        "it to their end.",
    .example = "afterward withdraw ortho",
    .least = 1,
    .most = 1,
    .run = withdraw};
