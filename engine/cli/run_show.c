#include <stdio.h>
#include <string.h>

#include "care/mapping.h"
#include "cli/client.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/run.h"
#include "cli/show.h"

static void put(struct buf *out, const struct value *entry, const char *before,
                const char *field) {
  struct value value = value_field(entry, field);
  if (value.kind == VALUE_NIL) return;
  buf_puts(out, before);
  cli_put_value(out, &value);
}

void cli_run_describe(struct buf *out, const struct value *entry) {
  struct value kind = value_field(entry, "kind");
  if (value_is(&kind, "outcome")) {
    put(out, entry, "→ ", "value");
    put(out, entry, out->len ? ", " : "→ nothing: ", "why");
    return;
  }
  put(out, entry, "", "op");
  put(out, entry, " ", "label");
  put(out, entry, value_is(&kind, "read") ? " = " : "  ", "value");
  put(out, entry, "  version ", "version");
}

static void put_cell(struct cli_table *table, const struct value *entry,
                     const char *field, enum cli_style style) {
  struct buf text = {0};
  put(&text, entry, "", field);
  cli_table_put(table, buf_text(&text), text.len, style);
  buf_deinit(&text);
}

static void put_entry(struct cli_table *table, const struct value *entry) {
  struct buf text = {0};
  put_cell(table, entry, "position", CLI_DIM);
  put_cell(table, entry, "source", CLI_DIM);
  cli_run_describe(&text, entry);
  cli_table_put(table, buf_text(&text), text.len, CLI_PLAIN);
  buf_deinit(&text);
}

static void print_record(const struct value *journal) {
  struct value_iter iter = value_iterate(journal);
  struct value entry;
  struct cli_table table;
  if (!value_count(journal)) return;
  printf("\nRECORD\n");
  cli_table_init(&table, 3);
  while (value_next(&iter, NULL, &entry)) put_entry(&table, &entry);
  cli_table_print(&table, stdout);
  cli_table_deinit(&table);
}

// "first-day of 2026-03-02 waits at ortho/hip.lua:12 for ask wound-check since …, until
// …".
static void print_head(const struct value *answer) {
  cli_say(answer,
          "{name|job}[ of {day}] is {status}[ at {now.source}][: {wait}[ {wait_label}]]"
          "[, since {now.since}][, until {now.until}].");
  printf("\n");
}

static const struct {
  const char *field, *title;
  struct cli_column columns[9];
} parts[] = {{"competing",
              "WHAT ELSE COULD END ITS WAIT",
              {{"WHAT", "what"}, {"STATUS", "status"}, {"DUE", "due_at"}}},
             {"versions",
              "VERSIONS IT MET",
              {{"AT", "at"},
               {"VERSION", "tried"},
               {"MOVED", "moved"},
               {"RECORD", "position"},
               {"STAYED BECAUSE", "reason"},
               {"WAIVED BY", "waived_by"},
               {"BECAUSE", "waived_reason"}}},
             {"messages",
              "MESSAGES",
              {{"ID", "id"},
               {"KIND", "kind"},
               {"NAME", "name"},
               {"STATUS", "status"},
               {"REASON", "reason"},
               {"DUE", "due_at"},
               {"ACCEPTED", "accepted_at"}}},
             {"rungs",
              "RUNGS",
              {{"OF", "name"},
               {"RUNG", "rung"},
               {"CHANNEL", "channel"},
               {"TO", "to"},
               {"IS", "is"},
               {"BECAUSE", "why"},
               {"SINCE", "taken_at|began_at"},
               {"UNTIL", "left_at|until"}}},
             {"deeds",
              "WHAT PEOPLE DID WITH IT",
              {{"AT", "at"}, {"BY", "by"}, {"DEED", "action"}, {"REASON", "reason"}}},
             {"journal", NULL, {{NULL}}},
             {"now", NULL, {{NULL}}}};
enum { PARTS = sizeof parts / sizeof *parts };

// Its own fields are a line each, what hangs on it tables.
static void print(const struct cli *cli, const struct value *answer) {
  struct value journal = value_field(answer, "journal"), nothing = {0}, rest, list;
  struct merge fields = {0};
  struct buf encoded = {0}, whole = {0};
  (void)cli;
  value_put(&whole, answer);
  merge_bytes(&fields, whole.data, whole.len);
  for (int i = 0; i < PARTS; i++) merge_value(&fields, parts[i].field, &nothing);
  merge_end(&fields, &encoded);
  value_read(encoded.data, encoded.len, &rest);
  print_head(answer);
  cli_show(&rest);
  print_record(&journal);
  for (int i = 0; i < PARTS; i++) {
    list = value_field(answer, parts[i].field);
    if (parts[i].title) cli_rows(parts[i].title, &list, parts[i].columns);
  }
  buf_deinit(&encoded);
  buf_deinit(&whole);
}

int cli_run_show(struct cli *cli) {
  struct buf path = {0};
  cli_put_path(&path, "runs", cli->words[1], NULL);
  int code = cli_ask_tell(cli, "GET", buf_text(&path), NULL, print);
  buf_deinit(&path);
  return code;
}
