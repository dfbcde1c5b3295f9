#include "cli/help.h"

#include <stdio.h>
#include <string.h>

const struct cli_option cli_common_options[] = {
    {"json", NULL, "the API's JSON as it comes; a problem (RFC 9457) on failure"},
    {"server", "URL", "the daemon; else AFTERWARD_SERVER or http://127.0.0.1:8080"},
    {"token", "TEXT", "who you are; others on this machine can see it: prefer a file"},
    {"token-file", "FILE", "else AFTERWARD_TOKEN, else ~/.config/afterward/token"},
    {"help", NULL, "this text"},
    {NULL}};

static void put_options(const struct cli_option *options) {
  for (; options && options->name; options++) {
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", options->name, options->value ? " " : "",
             options->value ? options->value : "");
    printf("  %-20s %s\n", left, options->does);
  }
}

static void put_lines(const char *lines) {
  while (*lines) {
    size_t len = strcspn(lines, "\n");
    printf("  %.*s\n", (int)len, lines);
    lines += len + (lines[len] == '\n');
  }
}

void cli_help(const struct cli_command *command) {
  printf("Usage: afterward %s%s%s [OPTIONS]\n\n%s\n", command->name,
         *command->words ? " " : "", command->words, command->does);
  if (command->more) printf("%s\n", command->more);
  printf("\nOptions:\n");
  put_options(command->options);
  // The last of the common ones, --help, is all that a local command has.
  put_options(command->local ? cli_common_options + 4 : cli_common_options);
  printf("\nExample:\n");
  put_lines(command->example);
  printf(
      command->local
          ? "\nExit: 0 good, 1 failed or found amiss, 2 the command line or a value in "
            "it is wrong.\n"
          : "\nExit: 0 good, 1 refused or failed, 2 the command line or a value in it "
            "is wrong, 3 the\ndaemon doesn't answer.\n");
}

void cli_help_all(const struct cli_command *const *commands) {
  printf(
      "Usage: afterward COMMAND …\n\nFollow-ups that reach patients, hear back and "
      "raise the alarm.\n\n");
  printf("  %-12s %s\n", "serve", "run the daemon");
  for (; *commands; commands++)
    printf("  %-12s %s\n", (*commands)->name, (*commands)->does);
  printf(
      "\nEach takes --help. Commands ask the daemon at --server with --token-file.\n"
      "--json for programs: standard output is one JSON value, and when something fails "
      "a problem\nas RFC 9457 has it: { type, title, status, detail }.\n"
      "Scripts lie in --scripts, else AFTERWARD_SCRIPTS, ./scripts when it is there, or\n"
      "/usr/share/afterward/scripts; the daemon asks its configuration first.\n"
      "Exit: 0 good; 1 understood, and refused or failed, or something was found amiss;\n"
      "2 the command line is wrong, or a value in it: nothing was done; 3 the daemon "
      "doesn't answer.\n");
}
