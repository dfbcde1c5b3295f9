// afterward alerts, afterward alert: what needs somebody now, and answering it.
#include <string.h>

#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

static enum cli_style style(const struct value *item) {
  struct value status = cli_field(item, "status"), level = cli_field(item, "level");
  if (value_is(&status, "closed")) return CLI_DIM;
  if (!value_is(&status, "open")) return CLI_PLAIN;
  return value_is(&level, "emergency") || value_is(&level, "urgent") ? CLI_RED
                                                                     : CLI_YELLOW;
}

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"SINCE", "opened_at"},
                                              {"LEVEL", "level"},
                                              {"STATUS", "status"},
                                              {"DEPARTMENT", "department"},
                                              {"ALERT", "name"},
                                              {"PATIENT", "patient"},
                                              {"RUNG", "rung"},
                                              {"NEXT PAGE", "next_at"},
                                              {"ACKNOWLEDGED", "acknowledged_by"},
                                              {"REASON", "reason"},
                                              {"CLOSED BECAUSE", "closed_reason"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/alerts", &(struct cli_list){columns, "alerts", style});
}

const struct cli_command cli_alerts = {
    .name = "alerts",
    .words = "",
    .does = "alerts: how urgent, who was called, who answered",
    .example = "afterward alerts --department ortho --status open",
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "only this one's"},
            {"status", "WORD", "open acknowledged closed; else all but closed"},
            {"level", "WORD", "only of this level"},
            {"patient", "ID", "only this patient's"},
            CLI_PAGING,
            {NULL}},
    .run = list};

static const char sentence[] =
    "Alert {id}, {name}, {level}, is {status}[, acknowledged by "
    "{acknowledged_by}].";

static int deed(struct cli *cli) {
  if (strcmp(cli->words[0], "show") == 0)
    return cli_get_one(cli, "alerts", cli->words[1], sentence);
  struct merge fields = {0};
  struct buf path = {0};
  const char *verb = cli->words[0];
  bool act = strcmp(verb, "act") == 0;
  if (act && !cli_option(cli, "note"))
    return cli_fail(cli, CLI_USAGE, "say what was done: --note TEXT");
  cli_put_path(&path, "alerts", cli->words[1], verb);
  if (strcmp(verb, "ack") != 0)
    cli_merge_option(cli, &fields, "note", act ? "act" : "answer");
  int code = cli_post(cli, buf_text(&path), &fields, sentence);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_alert = {
    .name = "alert",
    .words = "show|ack|act|done ID",
    .does = "acknowledge an alert, say what was done about it, or close it",
    .example =
        "afterward alert ack 4f2p\n"
        "afterward alert act 4f2p --note 已电话联系,嘱来院\n"
        "afterward alert done 4f2p --note 伤口换药后好转",
    .verbs = (const char *const[]){"show", "ack", "act", "done", NULL},
    .least = 2,
    .most = 2,
    .options =
        (const struct cli_option[]){
            {"note", "TEXT", "what was done (act), how it ended (done)"}, {NULL}},
    .run = deed};
