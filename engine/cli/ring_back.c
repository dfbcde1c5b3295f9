// afterward ring-back: somebody rings back; why we rang, or that nobody heard it.
#include <stdio.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

static void tell_one(const struct value *item) {
  static const struct cli_column tasks[] = {{"ID", "id"},
                                            {"TASK", "name"},
                                            {"DEPARTMENT", "department"},
                                            {"ROLE", "role"},
                                            {"DUE", "due_at"},
                                            {"CLAIMED BY", "claimed_by"},
                                            {"NOTE", "note"},
                                            {NULL}};
  static const struct cli_column calls[] = {{"AT", "at"},       {"TASK", "name"},
                                            {"RESULT", "code"}, {"BY", "by"},
                                            {"NOTE", "note"},   {NULL}};
  static const struct cli_column messages[] = {
      {"AT", "at"},           {"MESSAGE", "title|name"},    {"KIND", "kind"},
      {"CHANNEL", "channel"}, {"DEPARTMENT", "department"}, {NULL}};
  struct value open = value_field(item, "tasks"), rung = value_field(item, "calls"),
               told = value_field(item, "messages");
  cli_say(item,
          "{name}[, born {birth_month}][, died {died_at}]: patient {patient}; the number "
          "is of {relation}[, {caller}][, {flag}][, proved {proved_at}][, wants no "
          "messages since {opted_out_at}][, speaks {dialect}].");
  cli_rows("TO DO", &open, tasks);
  cli_rows("CALLS", &rung, calls);
  cli_rows("SENT", &told, messages);
}

static void tell(const struct cli *cli, const struct value *answer) {
  struct value items = value_field(answer, "items"), item;
  struct value_iter iter = value_iterate(&items);
  (void)cli;
  if (!value_count(&items)) printf("This number serves nobody among those you see.\n");
  for (bool more = false; value_next(&iter, NULL, &item); more = true) {
    if (more) putchar('\n');
    tell_one(&item);
  }
}

static int missed(const struct cli *cli) {
  struct merge fields = {0};
  merge_text(&fields, "phone", cli->words[0]);
  cli_merge_option(cli, &fields, "at", "at");
  cli_merge_option(cli, &fields, "note", "note");
  cli_merge_option(cli, &fields, "department", "department");
  return cli_post(cli, "/api/v1/ring-back", &fields,
                  "It is kept that nobody heard it[: task {task}].");
}

static int run(struct cli *cli) {
  struct buf path = {0};
  if (cli_switch(cli, "missed")) return missed(cli);
  if (cli_option(cli, "at") || cli_option(cli, "note") || cli_option(cli, "department"))
    return cli_fail(cli, CLI_USAGE, "--at, --note and --department go with --missed");
  buf_puts(&path, "/api/v1/ring-back");
  cli_put_query(&path, "phone", cli->words[0]);
  int code = cli_ask_tell(cli, "GET", buf_text(&path), NULL, tell);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_ring_back = {
    .name = "ring-back",
    .words = "NUMBER",
    .does = "somebody rings back: whom the number serves, and why each was rung",
    .more =
        "With --missed: nobody heard it. The post that rang or wrote last has it as a\n"
        "task; of a number that is nobody's here, that of --department.",
    .example =
        "afterward ring-back 13912345678\n"
        "afterward ring-back 13912345678 --missed --at \"2026-03-02 12:40\"",
    .least = 1,
    .most = 1,
    .options =
        (const struct cli_option[]){
            {"missed", NULL, "it rang and nobody heard it"},
            {"at", "TIME", "when it was missed; else now"},
            {"note", "TEXT", "what is known of it"},
            {"department", "NAME", "who has it when nobody was rung"},
            {NULL}},
    .run = run};
