// afterward handover: the sheet a shift hands to the next, from the lists of alerts and
// tasks.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/show.h"

enum { COLUMNS = 7, PAGES = 500 };  // of 200 items: past that no sheet helps

struct items {           // of one list; borrowed by the sections
  struct buf encoded;    // one after another; owned
  struct value *values;  // views of encoded; owned
  size_t count;
  struct buf at;  // when, in the site's zone; owned
};

static void items_deinit(struct items *items) {
  buf_deinit(&items->encoded);
  mem_free(items->values);
  buf_deinit(&items->at);
}

// One page; next gets the cursor of the one after, NULL at the end; the caller frees it.
static int read_page(struct cli *cli, const char *noun, const char *role,
                     const char *cursor, struct items *items, char **next) {
  struct buf path = {0};
  struct cli_answer answer = {0};
  buf_printf(&path, "/api/v1/%s?limit=200", noun);
  cli_put_query(&path, "role", role);
  cli_put_query(&path, "department", cli_option(cli, "department"));
  cli_put_query(&path, "after", cursor);
  int code = cli_ask(cli, "GET", buf_text(&path), NULL, &answer);
  struct value list = value_field(&answer.value, "items"), item,
               after = value_field(&answer.value, "next"),
               at = value_field(&answer.value, "at");
  struct value_iter iter = value_iterate(&list);
  for (; !code && value_next(&iter, NULL, &item); items->count++)
    value_put(&items->encoded, &item);
  *next = code ? NULL : value_copy_text(&after);
  if (!items->at.len) cli_put_value(&items->at, &at);
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  return code;
}

static void index_items(struct items *items) {
  size_t at = 0;
  items->values = mem_alloc((items->count + 1) * sizeof *items->values);
  for (size_t i = 0; i < items->count; i++)
    at += value_read_front(items->encoded.data + at, items->encoded.len - at,
                           &items->values[i]);
}

static int read_items(struct cli *cli, const char *noun, const char *role,
                      struct items *items) {
  char *cursor = NULL, *next = NULL;
  int code = CLI_OK, pages = 0;
  do {
    code = read_page(cli, noun, role, cursor, items, &next);
    mem_free(cursor);
    cursor = next;
  } while (cursor && ++pages < PAGES);
  mem_free(cursor);
  if (!code) index_items(items);
  return code;
}

// Moments come in one offset, so their texts sort; what has none comes last.
static int by_due(const void *a, const void *b) {
  struct value due[2] = {value_field(a, "due_at"), value_field(b, "due_at")};
  bool text[2] = {due[0].kind == VALUE_TEXT, due[1].kind == VALUE_TEXT};
  if (!text[0] || !text[1]) return text[1] - text[0];
  size_t least = due[0].text.len < due[1].text.len ? due[0].text.len : due[1].text.len;
  return memcmp(due[0].text.data, due[1].text.data, least);
}

static bool is_any(const struct value *item) { return item->kind == VALUE_MAP; }
static bool is_held(const struct value *task) {
  struct value status = value_field(task, "status");
  return value_is(&status, "held");
}
static bool is_overdue(const struct value *task) {
  return !is_held(task) && cli_field(task, "overdue_at").kind != VALUE_NIL;
}
static bool is_waiting(const struct value *task) {
  return !is_held(task) && !is_overdue(task);
}

struct section {
  const char *name, *title;
  bool (*has)(const struct value *item);
  struct cli_column columns[COLUMNS + 1];
};

#define TASK_COLUMNS                                                             \
  {                                                                              \
    {"编号 ID", "id"}, {"科室 DEPARTMENT", "department"}, {"任务 TASK", "name"}, \
        {"患者 PATIENT", "patient"}, {"到期 DUE", "due_at"},                     \
        {"认领人 CLAIMED BY", "claimed_by"}, {                                   \
      "说明 NOTE", "note"                                                        \
    }                                                                            \
  }

static const struct section sections[] = {
    {"alerts",
     "未关闭预警 Open alerts",
     is_any,
     {{"编号 ID", "id"},
      {"科室 DEPARTMENT", "department"},
      {"级别 LEVEL", "level"},
      {"预警 ALERT", "name"},
      {"患者 PATIENT", "patient"},
      {"确认人 ACKNOWLEDGED BY", "acknowledged_by"},
      {"原因 REASON", "reason"}}},
    {"overdue", "已超时任务 Overdue tasks", is_overdue, TASK_COLUMNS},
    {"waiting", "待办任务 Waiting tasks", is_waiting, TASK_COLUMNS},
    {"held", "暂缓任务(患者住院) Held while the patient is in hospital", is_held,
     TASK_COLUMNS}};
enum { SECTIONS = sizeof sections / sizeof *sections };

static void print_section(const struct section *section, const struct items *items) {
  struct buf list = {0};
  struct value view;
  uint32_t count = 0;
  size_t begun = value_begin_list(&list);
  for (size_t i = 0; i < items->count; i++) {
    if (!section->has(&items->values[i])) continue;
    value_put(&list, &items->values[i]);
    count++;
  }
  value_end(&list, begun, count);
  printf("\n%s: %u\n", section->title, (unsigned)count);
  if (value_read(list.data, list.len, &view)) cli_rows(NULL, &view, section->columns);
  buf_deinit(&list);
}

static void print_sheet(const struct cli *cli, const struct items *const lists[]) {
  const char *department = cli_option(cli, "department");
  printf("交班单 Hand-over: %s%s%s, %s\n", cli_option(cli, "role"),
         department ? ", " : "", department ? department : "", buf_text(&lists[0]->at));
  for (int i = 0; i < SECTIONS; i++) print_section(&sections[i], lists[i]);
  printf("\n交班人 From: ____________    接班人 To: ____________\n");
}

static void print_json(const struct items *const lists[]) {
  struct buf json = {0};
  for (int i = 0; i < SECTIONS; i++) {
    const char *comma = "";
    buf_printf(&json, "%s\"%s\":[", i ? "," : "{", sections[i].name);
    for (size_t k = 0; k < lists[i]->count; k++) {
      if (!sections[i].has(&lists[i]->values[k])) continue;
      buf_puts(&json, comma);
      value_to_json(&json, &lists[i]->values[k]);
      comma = ",";
    }
    buf_puts(&json, "]");
  }
  printf("%s}\n", buf_text(&json));
  buf_deinit(&json);
}

static int handover(struct cli *cli) {
  const char *role = cli_option(cli, "role");
  struct items alerts = {0}, tasks = {0};
  if (!role) return cli_fail(cli, CLI_USAGE, "say whose shift ends: --role NAME");
  int code = read_items(cli, "alerts", NULL, &alerts);
  if (!code) code = read_items(cli, "tasks", role, &tasks);
  if (!code) {
    const struct items *const lists[SECTIONS] = {&alerts, &tasks, &tasks, &tasks};
    qsort(tasks.values, tasks.count, sizeof *tasks.values, by_due);
    if (cli->json)
      print_json(lists);
    else
      print_sheet(cli, lists);
  }
  items_deinit(&alerts);
  items_deinit(&tasks);
  return code;
}

const struct cli_command cli_handover = {
    .name = "handover",
    .words = "",
    .does = "the sheet for the next shift: open alerts, overdue and waiting tasks",
    .more =
        "Alerts are those of every post, tasks those of this one. Into a file or a "
        "printer nothing is cut.",
    .example = "afterward handover --role nurse --department ortho | lp",
    .options = (const struct cli_option[]){{"role", "NAME", "the post whose shift ends"},
                                           {"department", "NAME", "only this one's"},
                                           {NULL}},
    .run = handover};
