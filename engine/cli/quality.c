// afterward quality: one in twenty of each person's calls and replies of a month is heard
// or read by somebody else, and all that looks as if it never was.
#include <string.h>

#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {{"MONTH", "month"},
                                              {"WHO", "who"},
                                              {"WHAT", "what"},
                                              {"WHY", "why"},
                                              {"WORK", "work"},
                                              {"TASK", "task"},
                                              {"ROLE", "role"},
                                              {"STATUS", "status"},
                                              {"SCORE", "score"},
                                              {"OF", "most"},
                                              {"FAKE", "fake"},
                                              {"NOTE", "result_note"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/quality", &(struct cli_list){columns, "samples", NULL});
}

static int run(struct cli *cli) {
  struct merge fields = {0};
  static const char *const all[] = {"department", "month", "role", "form", "reply_form"};
  static const char *const options[] = {"department", "month", "role", "form",
                                        "reply-form"};
  if (!strcmp(cli->words[0], "list")) return list(cli);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    cli_merge_option(cli, &fields, options[i], all[i]);
  return cli_post(cli, "/api/v1/quality/draw", &fields,
                  "{sampled} sampled, {suspected} suspected.");
}

const struct cli_command cli_quality = {
    .name = "quality",
    .words = "draw|list",
    .does = "have calls and replies of a month heard and read by somebody else",
    .more =
        "draw: 5 % of each person's calls and replies, by a lot that is always the "
        "same,\n"
        "and every call that looks as if it never was: answered in under 40 s (short), "
        "not\n"
        "on the exchange's record (no-record), the same answers as three others\n"
        "(same-answers). Each is a task of --role, with --form as its rubric. A "
        "department\n"
        "that says so in its scripts has a job draw them each month (j:sample).",
    .example =
        "afterward quality draw --department ortho --month 2026-10 --role head-nurse\n"
        "afterward quality list --month 2026-10",
    .verbs = (const char *const[]){"draw", "list", NULL},
    .least = 1,
    .most = 1,
    .options =
        (const struct cli_option[]){{"department", "NAME", "whose work it is"},
                                    {"month", "YYYY-MM", "in which it was done"},
                                    {"role", "POST", "draw: who hears and reads"},
                                    {"form", "NAME", "draw: the rubric"},
                                    {"reply-form", "NAME", "draw: the rubric of answers"},
                                    {"who", "LOGIN", "list: of one person"},
                                    CLI_PAGING,
                                    {NULL}},
    .run = run};
