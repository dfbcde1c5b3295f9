// afterward run: one run, what it did, and what staff do with it.
#include <string.h>

#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/run.h"

static bool is(const struct cli *cli, const char *verb) {
  return strcmp(cli->words[0], verb) == 0;
}

static int check(const struct cli *cli) {
  const char *reason = cli_option(cli, "reason"), *to = cli_option(cli, "to");
  if (!reason || !*reason)
    return cli_fail(cli, CLI_USAGE, "say why: --reason \"the call was made twice\"");
  if (is(cli, "reset") && (!to || !*to))
    return cli_fail(cli, CLI_USAGE,
                    "say where to: --to LABEL, a form, task or other word of its record "
                    "(afterward run show %s)",
                    cli->words[1]);
  return CLI_OK;
}

static int run(struct cli *cli) {
  struct merge fields = {0};
  struct buf path = {0};
  if (is(cli, "show")) return cli_run_show(cli);
  if (is(cli, "replay")) return cli_run_replay(cli);
  if (check(cli)) return CLI_USAGE;
  cli_put_path(&path, "runs", cli->words[1], cli->words[0]);
  cli_merge_option(cli, &fields, "reason", "reason");
  cli_merge_option(cli, &fields, "to", "label");
  int code = cli_post(cli, buf_text(&path), &fields,
                      "Run {id}, {name|job}[ of {day}], is {status}[: {wait} "
                      "{wait_label}][, until {due_at}].");
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_run = {
    .name = "run",
    .words = "show|replay|pause|resume|cancel|skip|retry|reset ID",
    .does = "one run: where it is and how it came there; let it wait, go on or go back",
    .more =
        "show     where it is in its scripts, what it waits for, and its whole record\n"
        "replay   step through its record with its own scripts, or those of --bundle "
        "FOLDER: each\n"
        "         entry with its place in the source, what was asked and what was "
        "answered.\n"
        "         On a terminal Enter goes on; nothing changes. Exit 1 when they don't "
        "agree\n"
        "pause    until somebody resumes it; what was sent can still be answered\n"
        "cancel   end it: its messages, tasks and questions are withdrawn\n"
        "skip     as if the time of what it waits for were up now\n"
        "retry    a stuck one goes on with its record as it is\n"
        "reset    back to before --to LABEL: what came after is withdrawn and done "
        "again\n"
        "The last six need --reason; who, when and why is kept.",
    .example =
        "afterward run show 7k2m\n"
        "afterward run reset 7k2m --to wound-check --reason \"wrong form\"\n"
        "afterward run replay 7k2m\n"
        "afterward run replay 7k2m --bundle ./scripts",
    .verbs = (const char *const[]){"show", "replay", "pause", "resume", "cancel", "skip",
                                   "retry", "reset", NULL},
    .options = (const struct cli_option[]){{"reason", "TEXT", "why, in a few words"},
                                           {"to", "LABEL", "where reset goes back to"},
                                           {"bundle", "FOLDER",
                                            "replay with the scripts of this folder"},
                                           {NULL}},
    .least = 2,
    .most = 2,
    .run = run};
