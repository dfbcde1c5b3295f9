// afterward summary, refused, codes, status, version: how it goes as a whole.
#include <stdio.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

// Each map of words and counts a table of its own.
static void print_words(const struct value *books) {
  static const char *const titles[][2] = {
      {"enrollments_by_status", "ENROLLMENTS"},
      {"runs_by_end", "RUNS"},
      {"skipped_by_reason", "STEPS SKIPPED"},
      {"messages_by_status", "MESSAGES"},
      {"suppressed_by_reason", "MESSAGES SUPPRESSED"}};
  for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
    struct value words = value_field(books, titles[i][0]);
    if (!value_count(&words)) continue;
    printf("\n%s\n", titles[i][1]);
    cli_show(&words);
  }
}

static void put_median(struct cli_table *table, const struct value *books) {
  struct value ms = value_field(books, "acknowledged_in_p50_ms");
  struct buf text = {0};
  if (!value_int_or(&ms, 0)) return;
  buf_printf(&text, "half of the alerts within %.1f min",
             (double)value_int_or(&ms, 0) / 60000);
  cli_table_words(table, "answered", CLI_BOLD);
  cli_table_words(table, buf_text(&text), CLI_PLAIN);
  buf_deinit(&text);
}

static void print_counts(const struct value *books) {
  static const struct {
    const char *title, *sentence;
  } lines[] = {
      {"patients", "{patients} known, {enrolled} enrolled"},
      {"steps",
       "{due_steps} due: {started} started, {skipped} skipped, {unaccounted} "
       "unaccounted for"},
      {"messages", "{sent} sent"},
      {"questions", "{answered} answered, {flagged} of them flagged, {silent} silent"},
      {"alerts", "{alerts}: {alerts_acknowledged} acknowledged, {alerts_open} open"},
      {"tasks", "{tasks}: {tasks_done} done, {tasks_open} open, {tasks_overdue} overdue"},
  };
  struct cli_table table;
  cli_table_init(&table, 2);
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct buf text = {0};
    cli_put_sentence(&text, books, lines[i].sentence);
    cli_table_words(&table, lines[i].title, CLI_BOLD);
    cli_table_words(&table, buf_text(&text), CLI_PLAIN);
    buf_deinit(&text);
  }
  put_median(&table, books);
  cli_table_print(&table, stdout);
  cli_table_deinit(&table);
}

static void tell_books(const struct cli *cli, const struct value *books) {
  struct value balanced = value_field(books, "balanced");
  (void)cli;
  cli_say(books, value_true(&balanced)
                     ? "The books of {at} balance: every due step is accounted for."
                     : "The books of {at} don't balance: {unaccounted} things that were "
                       "due are unaccounted for. See the daemon's log.");
  printf("\n");
  print_counts(books);
  print_words(books);
}

static int summary(struct cli *cli) {
  struct buf path = {0};
  buf_puts(&path, "/api/v1/summary");
  cli_put_query(&path, "department", cli_option(cli, "department"));
  int code = cli_ask_tell(cli, "GET", buf_text(&path), NULL, tell_books);
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

static enum cli_style event_style(const struct value *item) {
  struct value status = cli_field(item, "status");
  return value_is(&status, "refused")   ? CLI_RED
         : value_is(&status, "waiting") ? CLI_YELLOW
                                        : CLI_PLAIN;
}

static int events(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"RECEIVED", "received_at"},
                                              {"SOURCE", "source"},
                                              {"EVENT", "event"},
                                              {"KIND", "kind"},
                                              {"STATUS", "status"},
                                              {"PATIENT", "patient"},
                                              {"REASON", "reason"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/events",
                  &(struct cli_list){columns, "Nothing has come in.", event_style});
}

const struct cli_command cli_events = {
    .name = "events",
    .words = "",
    .does = "what hospital systems sent, the newest first, and what became of it",
    .more =
        "One patient's: afterward timeline. Only what was not taken: afterward refused. "
        "To\nsend some: POST /api/v1/events, or a list by afterward import.",
    .example = "afterward events --source his --limit 20",
    .options = (const struct cli_option[]){{"source", "NAME", "only this system's"},
                                           {"event", "ID", "only with this id of theirs"},
                                           CLI_PAGING,
                                           {NULL}},
    .run = events};

static int refused(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"RECEIVED", "received_at"},
                                              {"SOURCE", "source"},
                                              {"EVENT", "source_id"},
                                              {"KIND", "kind"},
                                              {"REASON", "reason|detail|result.detail"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/inbox/refused",
                  &(struct cli_list){columns, "refused events", NULL});
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
  return cli_list(cli, "/api/v1/codes", &(struct cli_list){columns, "codes"});
}

const struct cli_command cli_codes = {
    .name = "codes",
    .words = "",
    .does = "results that a task can have, for afterward task done --code",
    .example = "afterward codes",
    .run = codes};

static void tell_health(const struct cli *cli, const struct value *health) {
  (void)cli;
  struct value warnings = cli_field(health, "warnings");
  cli_say(health, "The daemon is well[; its last commit was at {last_commit}].");
  if (warnings.kind == VALUE_TEXT && warnings.text.len)
    printf("Warning: %.*s", (int)warnings.text.len, warnings.text.data);
}

static int health(struct cli *cli) {
  return cli_ask_tell(cli, "GET", "/healthz", NULL, tell_health);
}

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
