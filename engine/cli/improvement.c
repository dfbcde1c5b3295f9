// afterward improvements, afterward improvement: what departments mend because of what
// was said, whose task that is, and the cases that led to it.
#include <string.h>

#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

static enum cli_style style(const struct value *item) {
  struct value status = cli_field(item, "status"),
               overdue = cli_field(item, "overdue_at");
  if (!value_is(&status, "open")) return CLI_DIM;
  return value_true(&overdue) ? CLI_RED : CLI_PLAIN;
}

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {
      {"ID", "id"},        {"DEPARTMENT", "department"},
      {"TITLE", "title"},  {"OWNER", "owner"},
      {"DUE", "due_at"},   {"STATUS", "status"},
      {"DONE", "done_at"}, {"TASK", "task"},
      {"LEAD", "lead"},    {"STAGE", "stage"},
      {"TYPE", "type"},    {"WARD", "ward"},
      {"CASES", "cases"},  {NULL}};
  return cli_list(cli, "/api/v1/improvements",
                  &(struct cli_list){columns, "improvements", style});
}

const struct cli_command cli_improvements = {
    .name = "improvements",
    .words = "",
    .does = "what departments mend because of what was said",
    .example = "afterward improvements --status open",
    .options =
        (const struct cli_option[]){{"department", "NAME", "whose cases these are"},
                                    {"status", "WORD", "open done withdrawn"},
                                    CLI_PAGING,
                                    {NULL}},
    .run = list};

static void merge_cases(const struct cli *cli, struct merge *fields) {
  struct buf list = {0};
  uint32_t count = 0;
  int at = 0;
  size_t begun = value_begin_list(&list);
  for (const char *number; (number = cli_next_option(cli, "case", &at)); count++)
    value_put_text(&list, number);
  value_end(&list, begun, count);
  merge_encoded(fields, "cases", &list);
  buf_deinit(&list);
}

static int deed(struct cli *cli) {
  struct merge fields = {0};
  struct buf path = {0};
  bool fresh = !strcmp(cli->words[0], "new");
  static const char *const all[] = {"department", "title", "owner", "due",
                                    "lead",       "stage", "type",  "ward"};
  if (!fresh && cli->word_count < 2)
    return cli_fail(cli, CLI_USAGE,
                    "name the improvement: ids are listed by afterward improvements");
  merge_cases(cli, &fields);
  for (size_t i = 0; fresh && i < sizeof all / sizeof *all; i++)
    cli_merge_option(cli, &fields, all[i], all[i]);
  if (fresh)
    buf_puts(&path, "/api/v1/improvements");
  else
    cli_put_path(&path, "improvements", cli->words[1], "link");
  int code = cli_post(cli, buf_text(&path), &fields,
                      "Improvement {improvement}[ is task {task}].");
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_improvement = {
    .name = "improvement",
    .words = "new|link [ID]",
    .does = "have something mended because of what was said, and see what that changes",
    .more =
        "It is a task of its owner, and done when that is: afterward task done. The "
        "report of\n"
        "feedback then counts the items that it should make fewer (of this lead, stage,\n"
        "type, ward) before and after. link: further cases that led to it.",
    .example =
        "afterward improvement new --department feedback --owner laboratory --due 30d "
        "\\\n"
        "  --title 化验报告双人核对 --lead laboratory --case 20261012-47110\n"
        "afterward improvement link 9d8w --case 20261014-20931",
    .verbs = (const char *const[]){"new", "link", NULL},
    .least = 1,
    .most = 2,
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "new: whose cases these are"},
            {"title", "TEXT", "new: what is to be mended"},
            {"owner", "POST", "new: whose task it is"},
            {"due", "TIME", "new: by when: 30d, 2026-12-01"},
            {"lead", "NAME", "new: should make fewer items that this department answers"},
            {"stage", "WORD", "new: of this stage"},
            {"type", "WORD", "new: of this type"},
            {"ward", "NAME", "new: of this ward"},
            {"case", "NUMBER", "a case that led to it; may be given again"},
            {NULL}},
    .run = deed};
