// afterward messages, afterward message: what was told to whom, and what a person must
// decide about it.
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

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {
      {"ID", "id"},          {"CREATED", "created_at"},
      {"STATUS", "status"},  {"REASON", "reason"},
      {"DUE", "due_at"},     {"DEPARTMENT", "department"},
      {"KIND", "kind"},      {"CLASS", "class"},
      {"NAME", "name"},      {"PATIENT", "patient"},
      {"TO", "audience"},    {"CHANNEL", "channel"},
      {"TRIES", "attempts"}, {NULL}};
  return cli_list(cli, "/api/v1/messages",
                  &(struct cli_list){columns, "messages", style});
}

const struct cli_command cli_messages = {
    .name = "messages",
    .words = "",
    .does = "messages: planned, sent, held back and why",
    .example =
        "afterward messages --status in_doubt\nafterward messages --patient 9d8w --all",
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "only this one's"},
            {"status", "WORD",
             "planned held in_flight accepted delivered failed in_doubt …"},
            {"reason", "WORD", "only held or suppressed for this"},
            {"patient", "ID", "only this patient's"},
            CLI_PAGING,
            {NULL}},
    .run = list};

static int deed(struct cli *cli) {
  if (strcmp(cli->words[0], "show") == 0)
    return cli_get_one(cli, "messages", cli->words[1],
                       "Message {id}, {name}, is {status}[: {reason}][, due "
                       "{due_at}].");
  struct merge fields = {0};
  struct buf path = {0};
  bool resolve = strcmp(cli->words[0], "resolve") == 0;
  const char *decision = cli->word_count == 3 ? cli->words[2] : NULL;
  if (resolve && !decision)
    return cli_fail(
        cli, CLI_USAGE,
        "say what becomes of it: afterward message resolve %s resend, or drop",
        cli->words[1]);
  if (!resolve && decision)
    return cli_fail(cli, CLI_USAGE, "one word too many: \"%s\"", decision);
  cli_put_path(&path, "messages", cli->words[1], cli->words[0]);
  merge_text(&fields, "decision", decision);
  int code = cli_post(cli, buf_text(&path), &fields,
                      resolve ? "What becomes of the message is settled."
                      : strcmp(cli->words[0], "approve") == 0
                          ? "Approved[: {released} messages go]."
                          : "Withdrawn[: {released} messages go to nobody].");
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_message = {
    .name = "message",
    .words = "show ID | approve ID | withdraw ID | resolve ID resend|drop",
    .does =
        "let a text pass the mass-send limit or stop it, or decide about one in doubt",
    .more =
        "approve frees all that wait with the same text, for three days: by a second\n"
        "person, not the one who put the text into force. withdraw: they go to nobody,\n"
        "nor does that text today.\n"
        "resolve: after a crash nobody knows whether it was sent; ask the gateway.",
    .example =
        "afterward messages --status held --reason mass-send\n"
        "afterward message approve 5n1c\nafterward message resolve 5n1c resend",
    .verbs = (const char *const[]){"show", "approve", "withdraw", "resolve", NULL},
    .least = 2,
    .most = 3,
    .run = deed};
