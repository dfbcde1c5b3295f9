// afterward import: a list of discharges, or of feedback, goes in.
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "import/import.h"
#include "script/table_file.h"

static void put_flagged(struct mapping *map, const struct import_result *result) {
  mapping_key(map, "flagged");
  size_t list = value_begin_list(map->out);
  buf_put(map->out, buf_text(&result->flagged), result->flagged.len);
  value_end(map->out, list, result->told);
}

static void print_json(const struct import_result *result) {
  struct buf bytes = {0}, json = {0};
  struct value view;
  struct mapping map = mapping_begin(&bytes);
  mapping_int(&map, "bad", result->bad);
  put_flagged(&map, result);
  mapping_int(&map, "placeholder", result->placeholder);
  mapping_text(&map, "rejects", *result->rejects ? result->rejects : NULL);
  mapping_int(&map, "rows", result->rows);
  mapping_real(&map, "seconds", result->seconds);
  mapping_int(&map, "shared", result->shared);
  mapping_int(&map, "taken", result->taken);
  mapping_int(&map, "unusable", result->unusable);
  mapping_end(&map);
  value_read(bytes.data, bytes.len, &view);
  value_to_json(&json, &view);
  puts(json.data);
  buf_deinit(&bytes);
  buf_deinit(&json);
}

static void print_words(const struct import_result *result) {
  printf("%ld of %ld rows are in, after %.1f s.\n", result->taken, result->rows,
         result->seconds);
  if (result->shared + result->placeholder + result->unusable)
    printf(
        "Numbers to look at (afterward numbers): %ld shared, %ld placeholders, %ld "
        "unusable.\n",
        result->shared, result->placeholder, result->unusable);
  if (result->bad)
    printf("%ld bad rows are in %s: mend them there and import that file.\n", result->bad,
           result->rejects);
}

static int report(struct cli *cli, const struct import_result *result) {
  if (cli->json)
    print_json(result);
  else
    print_words(result);
  return result->bad ? CLI_FAILED : CLI_OK;
}

static int import_with(struct cli *cli, const struct value *map, const char *server,
                       const char *token) {
  struct import_result result;
  struct status status = {0};
  const struct import_options options = {.file = cli->words[0],
                                         .rejects = cli_option(cli, "rejects"),
                                         .map = *map,
                                         .server = server,
                                         .token = token,
                                         .progress = stderr,
                                         .tail = isatty(STDERR_FILENO)};
  int code = import_run(&options, &result, &status)
                 ? cli_fail(cli, CLI_FAILED, "%s", status.text)
                 : report(cli, &result);
  buf_deinit(&result.flagged);
  return code;
}

// A daemon that isn't there is told at once, not after every try.
static int reachable(const struct cli *cli) {
  struct cli_answer answer = {0};
  int code = cli_ask(cli, "GET", "/healthz", NULL, &answer);
  cli_answer_deinit(&answer);
  return code == CLI_UNREACHABLE ? code : CLI_OK;
}

static int run(struct cli *cli) {
  const char *file = cli_option(cli, "map");
  struct buf table = {0};
  struct status status = {0};
  struct value map;
  char *server = NULL, *token = NULL;
  if (!file) return cli_fail(cli, CLI_USAGE, "--map is missing: which column is what");
  int code = table_file_read(file, &table, &status)
                 ? cli_fail(cli, CLI_FAILED, "%s", status.text)
                 : cli_server(cli, &server);
  if (!code) code = cli_token(cli, &token);
  if (!code) code = reachable(cli);
  if (!code && value_read(buf_text(&table), table.len, &map))
    code = import_with(cli, &map, server, token);
  buf_deinit(&table);
  mem_free(server);
  mem_free(token);
  return code;
}

const struct cli_command cli_import = {
    .name = "import",
    .words = "FILE.csv",
    .does =
        "take in a list as a system exports it: discharges, or reviews and other "
        "feedback",
    .more =
        "The list may be UTF-8 or GB18030. Rows that can't go in are told by line and\n"
        "column and written to FILE.rejects.csv: mend them there and import that file.\n"
        "Importing the same list again changes nothing.",
    .example =
        "afterward import discharges.csv --map /etc/afterward/map.lua\n"
        "afterward import reviews.csv --map scripts/demo/reviews-map.lua",
    .options =
        (const struct cli_option[]){
            {"map", "FILE.lua", "which column is what, and what its words mean"},
            {"rejects", "FILE", "where bad rows go"},
            {NULL}},
    .least = 1,
    .most = 1,
    .run = run};
