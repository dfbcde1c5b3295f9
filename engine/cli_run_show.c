#include <stdio.h>
#include <string.h>

#include "care/mapping.h"
#include "cli_client.h"
#include "cli_deed.h"
#include "cli_run.h"
#include "cli_show.h"

static void put(struct buf *out, const struct value *entry, const char *before,
                const char *field) {
  struct value value = value_field(entry, field);
  if (value.kind == VALUE_NIL) return;
  buf_puts(out, before);
  cli_put_value(out, &value);
}

// "ask wound-check  within 24h", "→ temp 38.5", "→ nothing: silent".
static void describe(struct buf *out, const struct value *entry) {
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

void cli_run_put(struct cli_table *table, const struct value *entry) {
  struct buf text = {0};
  put_cell(table, entry, "position", CLI_DIM);
  put_cell(table, entry, "source", CLI_DIM);
  describe(&text, entry);
  cli_table_put(table, buf_text(&text), text.len, CLI_PLAIN);
  buf_deinit(&text);
}

static void print_record(const struct value *journal) {
  struct value_iter iter = value_iterate(journal);
  struct value entry;
  struct cli_table table;
  if (!value_count(journal)) return;
  printf("\n");
  cli_table_init(&table, 3);
  while (value_next(&iter, NULL, &entry)) cli_run_put(&table, &entry);
  cli_table_print(&table, stdout);
  cli_table_deinit(&table);
}

// "first-day of 2026-03-02 waits at ortho/hip.lua:12 for ask wound-check since …, until
// …".
static void print_head(const struct value *answer) {
  struct buf line = {0};
  put(&line, answer, "", "name");
  put(&line, answer, " of ", "day");
  put(&line, answer, " is ", "status");
  struct value now = value_field(answer, "now");
  put(&line, &now, " at ", "source");
  put(&line, answer, ": ", "wait");
  put(&line, answer, " ", "wait_label");
  put(&line, &now, ", since ", "since");
  put(&line, &now, ", until ", "until");
  printf("%s\n\n", buf_text(&line));
  buf_deinit(&line);
}

// The record is a table of its own; everything else a line each.
static void print(const struct value *answer) {
  struct value journal = value_field(answer, "journal"), nothing = {0}, rest;
  struct merge fields = {0};
  struct buf encoded = {0}, whole = {0};
  value_put(&whole, answer);
  merge_bytes(&fields, whole.data, whole.len);
  merge_value(&fields, "journal", &nothing);
  merge_end(&fields, &encoded);
  value_read(encoded.data, encoded.len, &rest);
  print_head(answer);
  cli_show(stdout, &rest);
  print_record(&journal);
  buf_deinit(&encoded);
  buf_deinit(&whole);
}

int cli_run_show(struct cli *cli) {
  struct buf path = {0};
  struct cli_answer answer = {0};
  cli_put_path(&path, "runs", cli->words[1], NULL);
  int code = cli_ask(cli, "GET", buf_text(&path), NULL, &answer);
  if (!code && cli->json)
    printf("%s\n", buf_text(&answer.text));
  else if (!code)
    print(&answer.value);
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  return code;
}
