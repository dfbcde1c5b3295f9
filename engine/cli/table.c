#include "cli/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/text.h"

enum { GAP = 2, KEPT = 16 };  // between cells; what a cut column keeps: a moment

struct cli_cell {
  char *text;  // owned
  size_t len, width;
  enum cli_style style;
};

void cli_table_init(struct cli_table *table, int columns) {
  *table = (struct cli_table){.columns = columns};
}

void cli_table_deinit(struct cli_table *table) {
  for (size_t i = 0; i < table->count; i++) mem_free(table->cells[i].text);
  mem_free(table->cells);
  *table = (struct cli_table){0};
}

void cli_table_put(struct cli_table *table, const char *text, size_t len,
                   enum cli_style style) {
  if (table->count == table->cap) {
    table->cap = table->cap ? 2 * table->cap : 64;
    table->cells = mem_resize(table->cells, table->cap * sizeof *table->cells);
  }
  size_t *widest = &table->widest[table->count % (size_t)table->columns];
  struct cli_cell *cell = &table->cells[table->count++];
  struct buf clean = {0};
  cli_put_clean(&clean, text, len);
  *cell = (struct cli_cell){.len = clean.len, .style = style};
  cell->width = cli_width(buf_text(&clean), clean.len);
  cell->text = buf_take(&clean);
  if (cell->width > *widest) *widest = cell->width;
}

void cli_table_words(struct cli_table *table, const char *words, enum cli_style style) {
  cli_table_put(table, words, strlen(words), style);
}

bool cli_styled(FILE *to) {
  const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
  return !(refused && *refused) && isatty(fileno(to)) && terminal &&
         strcmp(terminal, "dumb") != 0;
}

static size_t terminal_width(FILE *to) {
  struct winsize size;
  if (!isatty(fileno(to)) || ioctl(fileno(to), TIOCGWINSZ, &size) || !size.ws_col)
    return SIZE_MAX;
  return size.ws_col;
}

static size_t widest_of(const size_t *widths, int columns) {
  size_t widest = 0;
  for (int i = 1; i < columns; i++)
    if (widths[i] >= widths[widest]) widest = (size_t)i;
  return widest;
}

// Takes from the widest columns what the line is too long.
static void fit(const struct cli_table *table, size_t room, size_t *widths) {
  size_t total = 0;
  for (int i = 0; i < table->columns; i++) {
    widths[i] = table->widest[i];
    total += widths[i] + (i ? GAP : 0);
  }
  while (total > room) {
    size_t widest = widest_of(widths, table->columns), over = total - room;
    if (widths[widest] <= KEPT) return;
    if (over > widths[widest] - KEPT) over = widths[widest] - KEPT;
    widths[widest] -= over;
    total -= over;
  }
}

static void put_cell(const struct cli_cell *cell, size_t width, bool last, bool styled,
                     FILE *to) {
  static const char *const codes[] = {
      [CLI_BOLD] = "1", [CLI_DIM] = "2", [CLI_RED] = "31", [CLI_YELLOW] = "33"};
  bool cut = cell->width > width, mark = styled && cell->len && cell->style;
  size_t len = cut ? cli_fit(cell->text, cell->len, width - 1) : cell->len;
  if (mark) fprintf(to, "\033[%sm", codes[cell->style]);
  fwrite(cell->text, 1, len, to);
  if (cut) fputs("…", to);
  if (mark) fputs("\033[0m", to);
  if (last) return;
  size_t used = cut ? cli_width(cell->text, len) + 1 : cell->width;
  fprintf(to, "%*s", (int)(width - used) + GAP, "");
}

void cli_table_print(const struct cli_table *table, FILE *to) {
  size_t widths[CLI_COLUMNS], columns = (size_t)table->columns;
  bool styled = cli_styled(to);
  fit(table, terminal_width(to), widths);
  for (size_t row = 0; row + columns <= table->count; row += columns) {
    const struct cli_cell *cells = table->cells + row;
    size_t end = columns;  // no spaces after the last word of a line
    while (end > 1 && !cells[end - 1].len) end--;
    for (size_t i = 0; i < end; i++)
      put_cell(&cells[i], widths[i], i + 1 == end, styled, to);
    fputc('\n', to);
  }
}
