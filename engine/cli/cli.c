#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "cli/help.h"
#include "io/http_answer.h"

// As HTTP would say it.
static int http_status(int code) {
  return code == CLI_USAGE ? 400 : code == CLI_UNREACHABLE ? 503 : 422;
}

static void say(const struct cli *cli, int code, const char *sentence) {
  fprintf(stderr, "afterward: %s\n", sentence);
  if (code == CLI_USAGE) {
    fprintf(stderr, "See: afterward %s%s--help\n", cli->command ? cli->command->name : "",
            cli->command ? " " : "");
  }
}

int cli_fail_as(const struct cli *cli, int code, const char *problem, const char *format,
                ...) {
  struct buf line = {0};
  va_list args;
  va_start(args, format);
  buf_vprintf(&line, format, args);
  va_end(args);
  if (cli->json) printf("%s", problem);
  say(cli, code, buf_text(&line));
  buf_deinit(&line);
  return code;
}

int cli_fail(const struct cli *cli, int code, const char *format, ...) {
  struct buf line = {0}, problem = {0};
  va_list args;
  va_start(args, format);
  buf_vprintf(&line, format, args);
  va_end(args);
  http_problem_put(&problem, http_status(code), buf_text(&line));
  cli_fail_as(cli, code, buf_text(&problem), "%s", buf_text(&line));
  buf_deinit(&problem);
  buf_deinit(&line);
  return code;
}

const char *cli_next_option(const struct cli *cli, const char *name, int *at) {
  while (*at < cli->given_count) {
    int i = (*at)++;
    if (strcmp(cli->given[i].option->name, name) == 0)
      return cli->given[i].value ? cli->given[i].value : "";
  }
  return NULL;
}

const char *cli_option(const struct cli *cli, const char *name) {
  const char *last = NULL, *next;
  int at = 0;
  while ((next = cli_next_option(cli, name, &at))) last = next;
  return last;
}

bool cli_switch(const struct cli *cli, const char *name) {
  return cli_option(cli, name) != NULL;
}

static const struct cli_option *find(const struct cli_option *options, const char *name,
                                     size_t len, struct nearest *nearest) {
  for (; options && options->name; options++) {
    if (strlen(options->name) == len && memcmp(options->name, name, len) == 0)
      return options;
    nearest_offer(nearest, options->name, strlen(options->name));
  }
  return NULL;
}

static int fail_unknown(const struct cli *cli, const char *what, const char *word,
                        const struct nearest *nearest) {
  struct buf hint = {0};
  if (nearest && nearest->best)
    buf_printf(&hint, "; did you mean %s%.*s?", strcmp(what, "option") ? "" : "--",
               (int)nearest->best_len, nearest->best);
  int code =
      cli_fail(cli, CLI_USAGE, "there is no %s \"%s\"%s", what, word, buf_text(&hint));
  buf_deinit(&hint);
  return code;
}

// One "--name", "--name=value" or "--name value"; at stands on it and moves past it.
static int read_option(struct cli *cli, int argc, char **argv, int *at) {
  const char *word = argv[(*at)++], *name = word + 2;
  size_t len = strcspn(name, "=");
  struct nearest nearest;
  nearest_start(&nearest, name, len);
  const struct cli_option *option = find(cli->command->options, name, len, &nearest);
  if (!option) option = find(cli_common_options, name, len, &nearest);
  if (!option) return fail_unknown(cli, "option", word, &nearest);
  const char *value = name[len] == '=' ? name + len + 1 : NULL;
  if (!option->value && value)
    return cli_fail(cli, CLI_USAGE, "--%s takes no value", option->name);
  if (option->value && !value) {
    if (*at >= argc)
      return cli_fail(cli, CLI_USAGE, "--%s needs a value: --%s %s", option->name,
                      option->name, option->value);
    value = argv[(*at)++];
  }
  if (cli->given_count == CLI_GIVEN)
    return cli_fail(cli, CLI_USAGE, "more than %d options", CLI_GIVEN);
  cli->given[cli->given_count].option = option;
  cli->given[cli->given_count++].value = value;
  return CLI_OK;
}

// Options go to given, words to the front of argv.
static int read_line(struct cli *cli, int argc, char **argv) {
  bool plain = false;  // after "--" everything is a word
  cli->words = argv;
  for (int at = 0; at < argc;) {
    char *word = argv[at];
    if (plain || word[0] != '-' || !word[1]) {
      cli->words[cli->word_count++] = word;
      at++;
    } else if (strcmp(word, "--") == 0) {
      plain = true;
      at++;
    } else if (strcmp(word, "-h") == 0) {
      argv[at] = "--help";
    } else if (word[1] != '-') {
      return fail_unknown(cli, "option", word, NULL);
    } else if (read_option(cli, argc, argv, &at)) {
      return CLI_USAGE;
    }
  }
  return CLI_OK;
}

static int check_verb(const struct cli *cli) {
  const struct cli_command *command = cli->command;
  if (!command->verbs || (!cli->word_count && !command->least)) return CLI_OK;
  if (!cli->word_count)
    return cli_fail(cli, CLI_USAGE, "say what to do: afterward %s %s", command->name,
                    command->words);
  struct nearest nearest;
  nearest_start(&nearest, cli->words[0], strlen(cli->words[0]));
  for (const char *const *verb = command->verbs; *verb; verb++) {
    if (strcmp(*verb, cli->words[0]) == 0) return CLI_OK;
    nearest_offer(&nearest, *verb, strlen(*verb));
  }
  return fail_unknown(cli, "action", cli->words[0], &nearest);
}

static int check_words(const struct cli *cli) {
  const struct cli_command *command = cli->command;
  if (cli->word_count > command->most)
    return cli_fail(cli, CLI_USAGE, "one word too many: \"%s\"",
                    cli->words[command->most]);
  if (cli->word_count < command->least)
    return cli_fail(cli, CLI_USAGE, "something is missing: afterward %s %s",
                    command->name, command->words);
  return CLI_OK;
}

// Before the line is read, so that what is wrong with it is told to programs, too.
static bool wants_json(int argc, char **argv) {
  for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--json") == 0) return true;
  return false;
}

static int run(const struct cli_command *command, int argc, char **argv) {
  struct cli cli = {.command = command, .json = wants_json(argc, argv)};
  if (read_line(&cli, argc, argv)) return CLI_USAGE;
  if (cli_switch(&cli, "help")) {
    cli_help(command);
    return CLI_OK;
  }
  if (check_verb(&cli) || check_words(&cli)) return CLI_USAGE;
  return command->run(&cli);
}

int cli_main(const struct cli_command *const *commands, int argc, char **argv) {
  struct cli nobody = {.json = wants_json(argc, argv)};
  if (argc < 2) {
    cli_fail(&nobody, CLI_USAGE, "name a command");
    return CLI_USAGE;
  }
  const char *word = strcmp(argv[1], "--version") ? argv[1] : "version";
  struct nearest nearest;
  nearest_start(&nearest, word, strlen(word));
  nearest_offer(&nearest, "serve", 5);
  for (const struct cli_command *const *command = commands; *command; command++) {
    if (strcmp((*command)->name, word) == 0) return run(*command, argc - 2, argv + 2);
    nearest_offer(&nearest, (*command)->name, strlen((*command)->name));
  }
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
      strcmp(word, "help") == 0) {
    cli_help_all(commands);
    return CLI_OK;
  }
  return fail_unknown(&nobody, "command", word, &nearest);
}
