// afterward ahead: what the steps that have not begun would send, as far as it can be
// known.
#include <stdio.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/show.h"

static const char *sentence_of(const struct value *item) {
  struct value what = cli_field(item, "what");
  if (value_is(&what, "task")) return "task {name} for {to}";
  if (value_is(&what, "alert")) return "alert {name}[, {level}]";
  if (value_is(&what, "stop")) return "the enrollment ends: {name}";
  return "{what} {name} to {to}[ ({person})][ by {channel}][, which nobody gets: "
         "{reason}], {class}[, within {within}][, reminded after {remind}]";
}

static void print_deed(const struct value *item) {
  struct value silent = cli_field(item, "if");
  struct buf line = {0};
  cli_put_sentence(&line, item, sentence_of(item));
  printf("  %s%s\n", silent.kind == VALUE_TEXT ? "not answered: " : "", buf_text(&line));
  buf_deinit(&line);
}

static void print_does(const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  while (value_next(&iter, NULL, &item)) print_deed(&item);
}

static void print_step(const struct value *course, const struct value *step) {
  struct value does = cli_field(step, "does"), depends = cli_field(step, "depends_on");
  struct buf head = {0};
  cli_put_sentence(&head, step, "{due_at}  {step} of ");
  cli_put_sentence(&head, course, "{pathway}, {department}, patient {patient}");
  printf("%s\n", buf_text(&head));
  if (does.kind != VALUE_LIST) puts("  (not looked at: ask for fewer with --until)");
  print_does(&does);
  if (does.kind == VALUE_LIST && !value_count(&does)) puts("  nothing");
  if (value_count(&depends)) cli_say(step, "  then it depends on: {depends_on}");
  cli_say(step, "[  the scripts would stop: {stuck}]");
  buf_deinit(&head);
}

static void print_course(const struct value *course) {
  struct value steps = cli_field(course, "steps"), step;
  struct value_iter iter = value_iterate(&steps);
  while (value_next(&iter, NULL, &step)) print_step(course, &step);
}

static int list(struct cli *cli) {
  return cli_list(cli, "/api/v1/ahead",
                  &(struct cli_list){.nothing = "steps ahead", .each = print_course});
}

const struct cli_command cli_ahead = {
    .name = "ahead",
    .words = "",
    .does = "what steps that have not begun would send: when, to whom, by which channel",
    .more =
        "Their scripts are run on what is known today, and nothing of it is kept: sends "
        "are\n"
        "taken as arrived, questions as not answered in time. What an answer, a task or "
        "an\n"
        "event decides is named, not guessed. Of a patient all, else those of the next 7 "
        "days.\n"
        "What has begun is in afterward messages; to take a step out: afterward "
        "enrollment skip.",
    .example =
        "afterward ahead --patient p9d8w\n"
        "afterward ahead --department ortho --until 2026-03-09 --all --json",
    .options =
        (const struct cli_option[]){{"department", "NAME", "only this one's"},
                                    {"patient", "ID", "only this patient's"},
                                    {"until", "TIME", "only what is due before then"},
                                    CLI_PAGING,
                                    {NULL}},
    .run = list};
