// The command line: commands and options as tables, how they are read, help, exit codes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_exit {
  CLI_OK = 0,
  CLI_FAILED = 1,      // understood, and refused or failed; or something was found amiss
  CLI_USAGE = 2,       // the command line is wrong, or a value in it; nothing was done
  CLI_UNREACHABLE = 3  // the daemon doesn't answer
};

struct cli_option {
  const char *name;   // "department"; NULL ends a list
  const char *value;  // "NAME" as help shows it; NULL for a switch
  const char *does;   // a few words
};

struct cli;

struct cli_command {
  const char *name;                  // "task"
  const char *words;                 // "claim|release|done ID" as help shows it, or ""
  const char *does;                  // one line
  const char *more;                  // further lines of help, or NULL
  const char *example;               // lines, each a whole command
  const char *const *verbs;          // what the first word may be; NULL: anything
  const struct cli_option *options;  // its own, or NULL
  int least, most;                   // words, the verb included
  bool local;                        // doesn't ask the daemon
  int (*run)(struct cli *cli);       // gives an exit code
};

enum { CLI_GIVEN = 64 };  // options on one command line

struct cli {
  const struct cli_command *command;
  bool json;     // --json stands on it, read or not
  char **words;  // borrowed from argv
  int word_count;
  struct {
    const struct cli_option *option;
    const char *value;  // NULL for a switch
  } given[CLI_GIVEN];
  int given_count;
};

// Reads argv (argv[0] the program, argv[1] the command), runs the command or shows help,
// and gives the exit code. commands ends with a NULL.
int cli_main(const struct cli_command *const *commands, int argc, char **argv);

// The last value given for an option, NULL when absent; "" for a switch.
const char *cli_option(const struct cli *cli, const char *name);
// Walks an option given several times: start with at = 0; NULL at the end.
const char *cli_next_option(const struct cli *cli, const char *name, int *at);
bool cli_switch(const struct cli *cli, const char *name);

// "afterward: …" on stderr, and with --json an RFC 9457 problem on stdout; give CLI_USAGE
// for what the caller wrote wrong, which adds where help is. Return code.
int cli_fail(const struct cli *cli, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// The same with the daemon's own problem, as it came.
int cli_fail_as(const struct cli *cli, int code, const char *problem, const char *format,
                ...) __attribute__((format(printf, 4, 5)));
