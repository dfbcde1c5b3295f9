// Lists of the API as tables: which columns, page after page.
#pragma once

#include "base/buf.h"
#include "base/value.h"
#include "cli/cli.h"
#include "cli/table.h"

struct cli_column {
  const char *title;   // NULL ends a list
  const char *fields;  // where the value is, as cli_field takes it
};

struct cli_list {
  const struct cli_column *columns;  // a column that no item has is left out
  const char *nothing;               // "tasks": what there is none of
  enum cli_style (*style)(const struct value *item);  // of a row; NULL: plain
  bool unfiltered;  // of the command's own options only --limit goes into the query
  void (*each)(const struct value *item);  // prints one; NULL: a row of a table
};

// The options of every list; the first ones become the query.
#define CLI_PAGING                                                  \
  {"limit", "N", "at most so many; else the daemon's own measure"}, \
      {"after", "ID", "go on where a list ended"}, {                \
    "all", NULL, "page after page to the end"                       \
  }

// Prints a list as a table under its title, which NULL leaves out; nothing when it is
// empty.
void cli_rows(const char *title, const struct value *list,
              const struct cli_column *columns);
// Asks for path with the values of the command's own options as its query, and prints
// what comes; with --all to the end, with --json as it comes. Gives an exit code.
int cli_list(const struct cli *cli, const char *path, const struct cli_list *list);
