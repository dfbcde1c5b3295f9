// A table on a terminal: columns as wide as their widest cell, two spaces between.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

enum cli_style { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_RED, CLI_YELLOW };

enum { CLI_COLUMNS = 32 };

struct cli_table {
  int columns;             // 1 to CLI_COLUMNS
  struct cli_cell *cells;  // row by row; owned
  size_t count, cap;       // cells
  size_t widest[CLI_COLUMNS];
};

void cli_table_init(struct cli_table *table, int columns);
void cli_table_deinit(struct cli_table *table);
// The next cell, left to right and top to bottom; the text is copied and made harmless.
void cli_table_put(struct cli_table *table, const char *text, size_t len,
                   enum cli_style style);
void cli_table_words(struct cli_table *table, const char *words, enum cli_style style);
// On a terminal the widest column is cut to fit, "…" at its end; into a file nothing is.
void cli_table_print(const struct cli_table *table, FILE *to);

// Whether styles are written: to a terminal, unless NO_COLOR is set or it is a dumb one.
bool cli_styled(FILE *to);
