// afterward pull: a connector that asks is told to ask now.
#include <stdio.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

static void tell_counts(const struct cli *cli, const struct value *answer) {
  (void)cli;
  cli_say(answer,
          "It has had all there is: {taken} new, {known} known already, {refused} refused"
          ".");
  struct value refused = value_field(answer, "refused");
  if (value_int_or(&refused, 0)) printf("Why: afterward refused\n");
}

static void tell_preview(const struct cli *cli, const struct value *answer) {
  static const struct cli_column columns[] = {{"ID", "id"},         {"WOULD BE", "kind"},
                                              {"KNOWN", "known"},   {"EVENT", "event"},
                                              {"REASON", "reason"}, {NULL}};
  (void)cli;
  if (!value_count(answer)) printf("There is nothing new.\n");
  cli_rows(NULL, answer, columns);
}

static int run(struct cli *cli) {
  bool preview = cli_switch(cli, "dry-run"), again = cli_switch(cli, "again");
  struct merge fields = {0};
  struct buf path = {0};
  if (preview && again)
    return cli_fail(cli, CLI_USAGE, "say one of --dry-run and --again");
  merge_text(&fields, "text", "");
  cli_put_path(&path, "plugins", cli->words[0],
               preview ? "ask/preview"
               : again ? "ask/again"
                       : "ask/pull");
  int code =
      cli_post_tell(cli, buf_text(&path), &fields, preview ? tell_preview : tell_counts);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_pull = {
    .name = "pull",
    .words = "CONNECTOR",
    .does = "let a connector that asks a hospital's system ask now, and see what it got",
    .more =
        "It asks by itself every so often; afterward plugins tells when it last had all\n"
        "there was, and what is wrong when it gets nothing. With --dry-run the next "
        "page\n"
        "is asked for, what would become of it is told, and nothing is taken. With "
        "--again it\n"
        "begins where it began the first time: what was taken stays as it is, what was\n"
        "refused is tried again.",
    .example = "afterward pull his --dry-run",
    .options =
        (const struct cli_option[]){
            {"again", NULL, "from the beginning, as the first time"},
            {"dry-run", NULL, "tell what the next page brings, and take nothing"},
            {NULL}},
    .least = 1,
    .most = 1,
    .run = run};
