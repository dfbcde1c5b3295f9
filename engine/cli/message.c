// afterward messages, afterward message: what was told to whom, and what a person must
// decide about it.
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

static enum cli_style style(const struct value *item) {
  struct value status = cli_field(item, "status");
  if (value_is(&status, "failed") || value_is(&status, "in_doubt")) return CLI_RED;
  if (value_is(&status, "held")) return CLI_YELLOW;
  return value_is(&status, "suppressed") || value_is(&status, "cancelled") ? CLI_DIM
                                                                           : CLI_PLAIN;
}

// What is decided about, what is known of it, and what each decision leads to.
static void print_doubt(const struct value *item) {
  struct value choices = cli_field(item, "choices"), choice;
  struct value_iter iter = value_iterate(&choices);
  cli_say(item,
          "{id}  {name} ({kind}, {class}) of {department} to {audience}, patient "
          "{patient}, by {channel}");
  cli_say(item,
          "  tried {tried_at}, in doubt since {doubted_at}[: {detail}][; the gateway "
          "may know it as {key}]");
  cli_say(item, "[  in one text with {together}\n]  [undecided: {undecided}]");
  while (value_next(&iter, NULL, &choice)) cli_say(&choice, "  {decision}: {means}");
  puts("");
}

static int doubts(struct cli *cli) {
  static const char *const no[] = {"status", "state", "outcome", "reason",  "channel",
                                   "form",   "kind",  "class",   "contact", "pathway",
                                   "since",  "until", "template"};
  for (size_t i = 0; i < sizeof no / sizeof *no; i++)
    if (cli_option(cli, no[i]))
      return cli_fail(cli, CLI_USAGE, "--%s has no meaning for messages in doubt", no[i]);
  int code =
      cli_list(cli, "/api/v1/messages/in-doubt",
               &(struct cli_list){.nothing = "messages in doubt", .each = print_doubt});
  if (!code && !cli->json)
    fputs("Ask the gateway, then: afterward message resolve ID resend, or sent\n",
          stderr);
  return code;
}

// About all that wait with the text of one.
static int decide(struct cli *cli) {
  const char *verb = cli->words[0];
  struct merge none = {0};
  struct buf path = {0};
  if (cli->word_count < 2)
    return cli_fail(cli, CLI_USAGE,
                    "say which text, by one of its messages: afterward "
                    "messages %s ID",
                    verb);
  for (const struct cli_option *option = cli->command->options; option->name; option++)
    if (cli_option(cli, option->name))
      return cli_fail(cli, CLI_USAGE, "--%s has no meaning for %s", option->name, verb);
  cli_put_path(&path, "messages", cli->words[1], verb);
  int code = cli_post(cli, buf_text(&path), &none,
                      strcmp(verb, "approve") == 0
                          ? "Approved[: {released} messages go]."
                          : "Withdrawn[: {released} messages go to nobody].");
  buf_deinit(&path);
  return code;
}

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {
      {"ID", "id"},           {"WHEN", "accepted_at|settled_at|due_at|created_at"},
      {"STATUS", "status"},   {"REASON", "reason"},
      {"OUTCOME", "outcome"}, {"DEPARTMENT", "department"},
      {"PATHWAY", "pathway"}, {"KIND", "kind"},
      {"CLASS", "class"},     {"NAME", "name"},
      {"PATIENT", "patient"}, {"TO", "audience"},
      {"CHANNEL", "channel"}, {"RUNG", "rung"},
      {"TRIES", "attempts"},  {NULL}};
  if (cli->word_count && strcmp(cli->words[0], "in-doubt") != 0) return decide(cli);
  if (cli->word_count == 2)
    return cli_fail(cli, CLI_USAGE, "one word too many: \"%s\"", cli->words[1]);
  if (cli->word_count) return doubts(cli);
  return cli_list(cli, "/api/v1/messages",
                  &(struct cli_list){columns, "messages", .style = style});
}

const struct cli_command cli_messages = {
    .name = "messages",
    .words = "[in-doubt | approve ID | withdraw ID]",
    .does =
        "what will be sent and what was: to whom, how, what became of it, and why; "
        "decide about a text to very many",
    .more =
        "in-doubt: those of which nobody knows whether they left, with both ways out "
        "and\n"
        "what each leads to.\n"
        "approve frees all that wait with the text of this one, for three days: by a\n"
        "second person, not the one who put the text into force. withdraw: they go to\n"
        "nobody, nor does that text today.\n"
        "--since and --until mean when it was sent, ended, or is due, oldest made first.",
    .example =
        "afterward messages in-doubt\n"
        "afterward messages --status held --reason mass-send\n"
        "afterward messages approve m5n1c\n"
        "afterward messages --patient p9d8w --state waiting\n"
        "afterward messages --department ortho --outcome unreachable --since 2026-03-01\n"
        "afterward messages --template visit-note --channel sms --all --json",
    .verbs = (const char *const[]){"in-doubt", "approve", "withdraw", NULL},
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "only this one's"},
            {"pathway", "ID", "only this one's"},
            {"patient", "ID", "only this patient's"},
            {"contact", "ID", "only to this person; ids are in afterward patient"},
            {"class", "WORD", "questionnaire medicine visit education safety …"},
            {"kind", "WORD", "ask remind send page"},
            {"template", "ID", "only texts made by this one"},
            {"form", "ID", "only questions and reminders of this one"},
            {"channel", "NAME", "only what goes, or went, by this one"},
            {"state", "WORD", "waiting sent ended"},
            {"status", "WORD",
             "planned held in_flight accepted delivered failed in_doubt …"},
            {"outcome", "WORD",
             "accepted delivered answered silent held unreachable opted-out …"},
            {"reason", "WORD", "only held, cancelled or suppressed for this"},
            {"since", "TIME", "2026-03-01 or \"2026-03-01 08:00\""},
            {"until", "TIME", "before then"},
            CLI_PAGING,
            {NULL}},
    .most = 2,
    .run = list};

static int resolve(struct cli *cli, struct merge *fields) {
  const char *decision = cli->word_count == 3 ? cli->words[2] : NULL;
  if (!decision)
    return cli_fail(
        cli, CLI_USAGE,
        "say what becomes of it: afterward message resolve %s resend, or sent",
        cli->words[1]);
  merge_text(fields, "decision", decision);
  return CLI_OK;
}

static const char *sentence_of(const char *verb) {
  if (strcmp(verb, "resolve") == 0) return "What becomes of the message is settled.";
  return "Cancelled: it goes to nobody.";
}

static int deed(struct cli *cli) {
  const char *verb = cli->words[0];
  struct merge fields = {0};
  struct buf path = {0};
  int code = CLI_OK;
  if (strcmp(verb, "show") == 0)
    return cli_get_one(cli, "messages", cli->words[1],
                       "Message {id}, {name}, is {status}[: {reason}][, due "
                       "{due_at}].");
  if (strcmp(verb, "resolve") == 0)
    code = resolve(cli, &fields);
  else if (cli->word_count == 3)
    code = cli_fail(cli, CLI_USAGE, "one word too many: \"%s\"", cli->words[2]);
  else if (strcmp(verb, "cancel") == 0 && !cli_option(cli, "reason"))
    code =
        cli_fail(cli, CLI_USAGE, "say why: --reason told, declined, unneeded or wrong");
  if (code) return code;
  cli_merge_option(cli, &fields, "reason", "reason");
  cli_merge_option(cli, &fields, "note", "note");
  cli_put_path(&path, "messages", cli->words[1], verb);
  code = cli_post(cli, buf_text(&path), &fields, sentence_of(verb));
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_message = {
    .name = "message",
    .words = "show ID | cancel ID | resolve ID resend|sent",
    .does = "what became of one; stop it, or decide about one in doubt",
    .more =
        "cancel: it goes to nobody, and its run hears cancelled. Why: told (otherwise),\n"
        "declined (the patient asked for it), unneeded, wrong.\n"
        "resolve: nobody knows whether it was sent; ask the gateway. resend sends it "
        "again,\n"
        "sent takes it as sent: afterward messages in-doubt says what each leads to.",
    .example =
        "afterward message cancel m5n1c --reason told --note \"by telephone\"\n"
        "afterward message resolve m5n1c resend",
    .verbs = (const char *const[]){"show", "cancel", "resolve", NULL},
    .options = (const struct cli_option[]){{"reason", "WORD", "of cancel: why"},
                                           {"note", "TEXT", "kept beside the decision"},
                                           {NULL}},
    .least = 2,
    .most = 3,
    .run = deed};
