#include "cli/list.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#include "cli/client.h"
#include "cli/show.h"

struct items {         // of all pages so far
  struct buf encoded;  // one after another
  size_t count;
  char *next;  // cursor of the page after; NULL at the end; owned
};

static void items_deinit(struct items *items) {
  buf_deinit(&items->encoded);
  mem_free(items->next);
}

static bool items_each(const struct items *items, size_t *at, struct value *item) {
  size_t took =
      *at < items->encoded.len
          ? value_read_front(items->encoded.data + *at, items->encoded.len - *at, item)
          : 0;
  *at += took;
  return took > 0;
}

static void put_filters(const struct cli *cli, bool unfiltered, struct buf *path) {
  for (const struct cli_option *option = cli->command->options; option && option->name;
       option++) {
    if (!option->value || strcmp(option->name, "after") == 0) continue;
    if (!unfiltered || strcmp(option->name, "limit") == 0)
      cli_put_query(path, option->name, cli_option(cli, option->name));
  }
}

// One page more; the text of the last page stays in answer.
static int read_page(const struct cli *cli, const char *path, bool unfiltered,
                     const char *cursor, struct items *items, struct cli_answer *answer) {
  struct buf whole = {0};
  buf_puts(&whole, path);
  put_filters(cli, unfiltered, &whole);
  cli_put_query(&whole, "after", cursor);
  int code = cli_ask(cli, "GET", buf_text(&whole), NULL, answer);
  buf_deinit(&whole);
  if (code) return code;
  struct value list = value_field(&answer->value, "items"), item;
  struct value next = value_field(&answer->value, "next");
  if (list.kind != VALUE_LIST)
    return cli_fail(cli, CLI_FAILED, "the answer is no list: is --server an Afterward?");
  struct value_iter iter = value_iterate(&list);
  for (; value_next(&iter, NULL, &item); items->count++)
    value_put(&items->encoded, &item);
  mem_free(items->next);
  items->next = value_copy_text(&next);
  return CLI_OK;
}

static int read_pages(const struct cli *cli, const char *path, bool unfiltered,
                      struct items *items, struct buf *text) {
  const char *first = cli_option(cli, "after");
  char *cursor = first ? mem_copy_text(first) : NULL;
  int code;
  do {
    struct cli_answer answer = {0};
    code = read_page(cli, path, unfiltered, cursor, items, &answer);
    mem_free(cursor);
    cursor = code || !cli_switch(cli, "all") ? NULL : mem_copy_text(items->next);
    buf_clear(text);
    buf_put(text, answer.text.data, answer.text.len);
    cli_answer_deinit(&answer);
    if (cursor && isatty(STDERR_FILENO))
      fprintf(stderr, "\r%zu read …\033[K", items->count);
  } while (cursor);
  if (cli_switch(cli, "all") && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
  return code;
}

static void print_json(const struct items *items) {
  struct buf json = {0};
  struct value item;
  for (size_t at = 0; items_each(items, &at, &item);) {
    buf_puts(&json, json.len ? ",\n" : "");
    value_to_json(&json, &item);
  }
  printf("{\"items\":[%s],\"next\":null}\n", buf_text(&json));
  buf_deinit(&json);
}

static bool anyone_has(const struct items *items, const char *fields) {
  struct value item;
  for (size_t at = 0; items_each(items, &at, &item);) {
    struct value value = cli_field(&item, fields);
    if (value.kind == VALUE_BOOL ? value.boolean : value.kind != VALUE_NIL) return true;
  }
  return false;
}

// The known columns that are there; none is known: the fields of the first item.
static int choose(const struct items *items, const struct cli_list *list,
                  struct cli_column *columns, struct buf *names) {
  int count = 0;
  for (const struct cli_column *known = list->columns; known->title; known++) {
    if (count < CLI_COLUMNS && anyone_has(items, known->fields))
      columns[count++] = *known;
  }
  struct value first, key, item;
  size_t at = 0;
  if (count || !items_each(items, &at, &first)) return count;
  struct value_iter iter = value_iterate(&first);
  size_t starts[CLI_COLUMNS] = {0};
  while (count < CLI_COLUMNS && value_next(&iter, &key, &item)) {
    size_t start = names->len;
    buf_put(names, key.text.data, key.text.len + 1);
    names->data[names->len - 1] = 0;
    if (!anyone_has(items, names->data + start)) continue;
    starts[count++] = names->len;
    cli_put_title(&key, names);
    buf_putc(names, 0);
  }
  for (int i = 0; i < count; i++) {
    const char *title = names->data + starts[i];
    columns[i] = (struct cli_column){title, title - strlen(title) - 1};
  }
  return count;
}

static void put_row(struct cli_table *table, const struct value *item,
                    const struct cli_column *columns, enum cli_style style) {
  for (int i = 0; i < table->columns; i++) {
    struct value value = cli_field(item, columns[i].fields);
    struct buf text = {0};
    if (value.kind != VALUE_BOOL || value.boolean) cli_put_value(&text, &value);
    cli_table_put(table, buf_text(&text), text.len, style);
    buf_deinit(&text);
  }
}

static void print_table(const struct items *items, const struct cli_list *list) {
  struct cli_column columns[CLI_COLUMNS] = {{0}};
  struct buf names = {0};
  struct cli_table table;
  struct value item;
  cli_table_init(&table, choose(items, list, columns, &names));
  for (int i = 0; i < table.columns && columns[i].title; i++)
    cli_table_put(&table, columns[i].title, strlen(columns[i].title), CLI_BOLD);
  for (size_t at = 0; table.columns && items_each(items, &at, &item);)
    put_row(&table, &item, columns, list->style ? list->style(&item) : CLI_PLAIN);
  if (table.columns) cli_table_print(&table, stdout);
  cli_table_deinit(&table);
  buf_deinit(&names);
}

void cli_rows(const char *title, const struct value *list,
              const struct cli_column *columns) {
  struct items items = {0};
  struct value_iter iter = value_iterate(list);
  struct value item;
  for (; list->kind == VALUE_LIST && value_next(&iter, NULL, &item); items.count++)
    value_put(&items.encoded, &item);
  if (items.count && title) printf("\n%s\n", title);
  if (items.count) print_table(&items, &(struct cli_list){columns, NULL, NULL});
  items_deinit(&items);
}

static void print_items(const struct items *items, const struct cli_list *list) {
  struct value item;
  if (!list->each) print_table(items, list);
  for (size_t at = 0; list->each && items_each(items, &at, &item);) list->each(&item);
}

// "No tasks with role nobody.": what was asked for, so that a slip is seen.
static void say_nothing(const struct cli *cli, const struct cli_list *list) {
  struct buf filters = {0};
  const struct cli_option *option = cli->command->options;
  for (; option && option->name && !list->unfiltered; option++) {
    const char *value = cli_option(cli, option->name);
    bool page = strcmp(option->name, "limit") == 0 || strcmp(option->name, "after") == 0;
    if (!option->value || !value || page) continue;
    buf_printf(&filters, "%s%s %s", filters.len ? ", " : " with ", option->name, value);
  }
  fprintf(stderr, "No %s%s.\n", list->nothing, buf_text(&filters));
  buf_deinit(&filters);
}

int cli_list(const struct cli *cli, const char *path, const struct cli_list *list) {
  struct items items = {0};
  struct buf text = {0};
  int code = read_pages(cli, path, list->unfiltered, &items, &text);
  bool json = cli->json;
  if (!code && json && cli_switch(cli, "all"))
    print_json(&items);
  else if (!code && json)
    printf("%s\n", buf_text(&text));
  else if (!code && items.count)
    print_items(&items, list);
  else if (!code)
    say_nothing(cli, list);
  if (!code && items.next && !json)
    fprintf(stderr, "There is more: --all, or --after %s\n", items.next);
  items_deinit(&items);
  buf_deinit(&text);
  return code;
}
