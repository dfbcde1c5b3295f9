// afterward import: a hospital's discharge list goes in.
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli_client.h"
#include "cli_commands.h"
#include "cli_deed.h"
#include "import.h"
#include "lua_table.h"

static void print_json(const struct import_result *result) {
  struct buf encoded = {0}, json = {0};
  struct merge fields = {0};
  struct value view;
  merge_int(&fields, "rows", result->rows);
  merge_int(&fields, "taken", result->taken);
  merge_int(&fields, "bad", result->bad);
  merge_int(&fields, "shared", result->shared);
  merge_int(&fields, "placeholder", result->placeholder);
  merge_int(&fields, "unusable", result->unusable);
  merge_int(&fields, "ms", (int64_t)(result->seconds * 1000));
  merge_text(&fields, "rejects", *result->rejects ? result->rejects : NULL);
  merge_end(&fields, &encoded);
  value_read(encoded.data, encoded.len, &view);
  value_to_json(&json, &view);
  printf("%s\n", buf_text(&json));
  buf_deinit(&encoded);
  buf_deinit(&json);
}

static void print(const struct import_result *result) {
  printf("%ld rows in %.1f s: %ld went in, %ld are bad\n", result->rows, result->seconds,
         result->taken, result->bad);
  if (result->shared)
    printf("%ld have a phone number that others have\n", result->shared);
  if (result->placeholder)
    printf("%ld have a number that stands for none\n", result->placeholder);
  if (result->unusable)
    printf("%ld have a number that can't be rung\n", result->unusable);
  if (*result->rejects)
    printf(
        "The bad rows are in %s, each with its reason: mend them there and import that "
        "file\n",
        result->rejects);
}

// A daemon that isn't there is told at once, not after six tries.
static int reachable(const struct cli *cli) {
  struct cli_answer answer = {0};
  int code = cli_ask(cli, "GET", "/healthz", NULL, &answer);
  cli_answer_deinit(&answer);
  return code == CLI_FAILED ? CLI_OK : code;
}

static int import(const struct cli *cli, struct import_options *options) {
  struct import_result result;
  struct status status = {0};
  int code = import_run(options, &result, &status);
  if (code && result.rows)
    cli_fail(cli, CLI_FAILED,
             "%s\nOf %ld rows read, %ld went in; import the same list again: what is in "
             "does nothing",
             status.text, result.rows, result.taken);
  else if (code)
    cli_fail(cli, CLI_FAILED, "%s", status.text);
  else if (cli_switch(cli, "json"))
    print_json(&result);
  else
    print(&result);
  return code || result.bad ? CLI_FAILED : CLI_OK;
}

static int run(struct cli *cli) {
  struct import_options options = {.file = cli->words[0],
                                   .rejects = cli_option(cli, "rejects"),
                                   .progress = stderr,
                                   .tail = isatty(STDERR_FILENO)};
  const char *map = cli_option(cli, "map");
  struct status status = {0};
  struct buf table = {0};
  char *server = NULL, *token = NULL;
  int code = CLI_OK;
  if (!map) return cli_fail(cli, CLI_USAGE, "say which column is what: --map MAP.lua");
  if (lua_table_read(map, &table, &status) ||
      !value_read(table.data, table.len, &options.map))
    code = cli_fail(cli, CLI_FAILED, "%s", status.text);
  if (!code) code = cli_server(cli, &server);
  if (!code) code = cli_token(cli, &token);
  if (!code) code = reachable(cli);
  options.server = server;
  options.token = token;
  if (!code) code = import(cli, &options);
  mem_free(server);
  mem_free(token);
  buf_deinit(&table);
  return code;
}

const struct cli_command cli_import = {
    .name = "import",
    .words = "FILE.csv --map MAP.lua",
    .does = "import a discharge list; bad rows are told and go to a file of their own",
    .more =
        "UTF-8 or GB18030. The map says which column is what. Rows that are in already "
        "do nothing,\nso a list may be imported again. Exit 1 also when a row was bad.",
    .example = "afterward import 出院患者.csv --map discharge.lua --rejects bad.csv",
    .least = 1,
    .most = 1,
    .options =
        (const struct cli_option[]){
            {"map", "MAP.lua", "a Lua file that says which column is what"},
            {"rejects", "FILE", "where bad rows go; else FILE.rejects.csv"},
            {NULL}},
    .run = run};
