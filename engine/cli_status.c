// afterward summary, refused, codes, status, version: how it goes as a whole.
#include <stdio.h>

#include "cli_client.h"
#include "cli_commands.h"
#include "cli_deed.h"
#include "cli_list.h"

static int summary(struct cli *cli) {
  struct buf path = {0};
  buf_puts(&path, "/api/v1/summary");
  cli_put_query(&path, "department", cli_option(cli, "department"));
  int code = cli_get(cli, buf_text(&path));
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_summary = {
    .name = "summary",
    .words = "",
    .does = "the books: enrolled, due, sent, answered, silent, alerts, tasks",
    .example = "afterward summary --json",
    .options =
        (const struct cli_option[]){{"department", "NAME", "only this one's"}, {NULL}},
    .run = summary};

static int refused(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"RECEIVED", "received_at"},
                                              {"SOURCE", "source"},
                                              {"EVENT", "source_id"},
                                              {"KIND", "kind"},
                                              {"REASON", "reason|detail|result.detail"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/inbox/refused",
                  &(struct cli_list){columns, "Nothing was refused.", NULL});
}

const struct cli_command cli_refused = {
    .name = "refused",
    .words = "",
    .does = "what hospital systems sent and was not taken, with the reason",
    .more =
        "Mend it at its source and send it again: under its own id, or a new one. What "
        "was "
        "mended leaves this list.",
    .example = "afterward refused --limit 20",
    .options = (const struct cli_option[]){CLI_PAGING, {NULL}},
    .run = refused};

static int codes(struct cli *cli) {
  static const struct cli_column columns[] = {{"CODE", "code"},
                                              {"IN CHINESE", "zh"},
                                              {"IN ENGLISH", "en"},
                                              {"COUNTS AS AN ATTEMPT", "attempt"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/codes", &(struct cli_list){columns, "No codes."});
}

const struct cli_command cli_codes = {
    .name = "codes",
    .words = "",
    .does = "results that a task can have, for afterward task done --code",
    .example = "afterward codes",
    .run = codes};

static int health(struct cli *cli) { return cli_get(cli, "/healthz"); }

const struct cli_command cli_status = {
    .name = "status",
    .words = "",
    .does = "whether the daemon is well, and what is wrong if not",
    .example = "afterward status --server http://10.0.0.8:8080",
    .run = health};

static int version(struct cli *cli) {
  (void)cli;
  printf("afterward %s\n", AFTERWARD_VERSION);
  return CLI_OK;
}

const struct cli_command cli_version = {.name = "version",
                                        .words = "",
                                        .does = "the version of this program",
                                        .example = "afterward version",
                                        .local = true,
                                        .run = version};
