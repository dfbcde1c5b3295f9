// afterward staff: how the people who work here are reached.
#include <string.h>

#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {{"LOGIN", "login"},
                                              {"DEPARTMENT", "department"},
                                              {"PHONE", "phone"},
                                              {"WECOM", "wecom"},
                                              {"EXTENSION", "extension"},
                                              {"DIALECTS", "dialects"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/staff", &(struct cli_list){columns, "staff", NULL, true});
}

static int set(struct cli *cli) {
  struct merge fields = {0};
  merge_text(&fields, "login", cli->words[1]);
  cli_merge_option(cli, &fields, "phone", "phone");
  cli_merge_option(cli, &fields, "wecom", "wecom");
  cli_merge_option(cli, &fields, "extension", "extension");
  cli_merge_option(cli, &fields, "department", "department");
  cli_merge_option(cli, &fields, "dialects", "dialects");
  return cli_post(cli, "/api/v1/staff", &fields, "It is on file; the next page uses it.");
}

static int run(struct cli *cli) {
  if (!cli->word_count) return list(cli);
  if (cli->word_count == 2) return set(cli);
  return cli_fail(cli, CLI_USAGE, "say whose: afterward staff set LOGIN");
}

const struct cli_command cli_staff = {
    .name = "staff",
    .words = "[set LOGIN]",
    .does = "how those who work here are reached: number, WeCom, desk phone",
    .more = "What is not given stays as it was; an empty text takes it away.",
    .example =
        "afterward staff\n"
        "afterward staff set zhao --phone 13700001111 --wecom ZhaoLi "
        "--extension 8001",
    .verbs = (const char *const[]){"set", NULL},
    .least = 0,
    .most = 2,
    .options =
        (const struct cli_option[]){
            {"phone", "NUMBER", "for pages by SMS, and to be mentioned by group bots"},
            {"wecom", "ID", "UserID in the company's WeCom"},
            {"extension", "NUMBER", "the desk phone that a PBX rings first"},
            {"department", "NAME", "where they work"},
            {"dialects", "WORDS", "spoken, apart by commas: sichuan,cantonese"},
            CLI_PAGING,
            {NULL}},
    .run = run};
