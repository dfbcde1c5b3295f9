// afterward diff, afterward upgrade: what newer scripts would change, and who is still on
// older ones.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/mem.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/scripts.h"
#include "cli/show.h"
#include "script/bundle.h"
#include "script/sources.h"

static void put_text(struct cli_table *table, const struct value *item,
                     const char *field) {
  struct value value = cli_field(item, field);
  struct buf text = {0};
  cli_put_value(&text, &value);
  cli_table_put(table, buf_text(&text), text.len, CLI_PLAIN);
  buf_deinit(&text);
}

static const char *sign(const struct value *item) {
  struct value change = value_field(item, "change");
  return value_is(&change, "new") ? "+" : value_is(&change, "gone") ? "-" : "~";
}

// "every 7d → every 5d", or the one that there is.
static void put_when(struct cli_table *table, const struct value *step) {
  struct value before = value_field(step, "before"), after = value_field(step, "after"),
               change = value_field(step, "change");
  struct buf text = {0};
  bool moved = value_is(&change, "moved");
  if (before.kind == VALUE_TEXT && (moved || after.kind != VALUE_TEXT))
    cli_put_value(&text, &before);
  if (moved) buf_puts(&text, " → ");
  if (after.kind == VALUE_TEXT) cli_put_value(&text, &after);
  if (value_is(&change, "changed")) buf_puts(&text, " (how late it may begin)");
  cli_table_put(table, buf_text(&text), text.len, CLI_PLAIN);
  buf_deinit(&text);
}

static void print_steps(const struct value *pathway) {
  struct value steps = value_field(pathway, "steps"), step;
  struct value_iter iter = value_iterate(&steps);
  struct cli_table table;
  if (!value_count(&steps)) return;
  cli_table_init(&table, 4);
  while (value_next(&iter, NULL, &step)) {
    struct value count = value_field(&step, "enrollments");
    struct buf text = {0}, head = {0};
    buf_printf(&head, "  %s", sign(&step));
    cli_table_words(&table, buf_text(&head), CLI_PLAIN);
    put_text(&table, &step, "id");
    put_when(&table, &step);
    buf_printf(&text, "%lld enrollments", (long long)value_int_or(&count, 0));
    cli_table_words(&table, buf_text(&text), CLI_PLAIN);
    buf_deinit(&text);
    buf_deinit(&head);
  }
  cli_table_print(&table, stdout);
  cli_table_deinit(&table);
}

static void print_pathways(const struct value *answer) {
  struct value pathways = value_field(answer, "pathways"), pathway;
  struct value_iter iter = value_iterate(&pathways);
  while (pathways.kind == VALUE_LIST && value_next(&iter, NULL, &pathway)) {
    struct value id = value_field(&pathway, "id"),
                 count = value_field(&pathway, "enrollments"),
                 change = value_field(&pathway, "change");
    printf("%s pathway %.*s, %lld enrollments%s\n", sign(&pathway), (int)id.text.len,
           id.text.data, (long long)value_int_or(&count, 0),
           value_is(&change, "code") ? ": the same schedule; what its steps do changed"
                                     : "");
    print_steps(&pathway);
  }
}

static void print_declared(const struct value *answer) {
  struct value list = value_field(answer, "declared"), item;
  struct value_iter iter = value_iterate(&list);
  while (list.kind == VALUE_LIST && value_next(&iter, NULL, &item)) {
    struct value kind = value_field(&item, "kind"), id = value_field(&item, "id"),
                 change = value_field(&item, "change");
    printf("%s %.*s %.*s%s\n", sign(&item), (int)kind.text.len, kind.text.data,
           (int)id.text.len, id.text.data,
           value_is(&change, "code") ? ": declared the same; its file changed" : "");
  }
}

static void print_list(const struct value *runs) {
  static const struct cli_column columns[] = {{"RUN", "run"},
                                              {"PATHWAY", "pathway"},
                                              {"STEP", "name"},
                                              {"DAY", "day"},
                                              {"AT", "position"},
                                              {"WHY", "cause"},
                                              {"WAIVED", "waived_reason"},
                                              {NULL}};
  struct value list = value_field(runs, "list");
  cli_rows(NULL, &list, columns);
}

static int count_waived(const struct value *runs) {
  struct value list = value_field(runs, "list"), item;
  struct value_iter iter = value_iterate(&list);
  int count = 0;
  while (list.kind == VALUE_LIST && value_next(&iter, NULL, &item)) {
    struct value by = value_field(&item, "waived_by");
    if (by.kind == VALUE_TEXT) count++;
  }
  return count;
}

static void print_runs(const struct value *answer, const char *move) {
  struct value runs = value_field(answer, "runs"), all = value_field(&runs, "runs"),
               agree = value_field(&runs, "agree"),
               diverge = value_field(&runs, "diverge");
  int waived = count_waived(&runs);
  printf("%lld live runs: %lld %s, %lld stay with the version they are on",
         (long long)value_int_or(&all, 0), (long long)value_int_or(&agree, 0), move,
         (long long)value_int_or(&diverge, 0));
  if (waived) printf(", %d of them waived", waived);
  printf("\n");
  print_list(&runs);
}

static void print_diff(const struct value *answer) {
  struct value department = value_field(answer, "department"),
               from = value_field(answer, "from"), to = value_field(answer, "to");
  printf("%.*s: %.12s → %.12s\n", (int)department.text.len, department.text.data,
         from.kind == VALUE_TEXT ? from.text.data : "nothing", to.text.data);
  print_pathways(answer);
  print_declared(answer);
  print_runs(answer, "move at their next turn");
}

static int compare_paths(const void *a, const void *b) {
  return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

// JSON is UTF-8: a table as Excel saved it is brought there, and means the same.
static void put_file(struct buf *out, const struct source *source) {
  struct buf text = {0};
  charset_put_utf8(&text, source->text, source->len);
  value_put_key(out, source->path);
  value_put_bytes(out, buf_text(&text), text.len);
  buf_deinit(&text);
}

static int put_files(const struct cli *cli, const char *folder, const char *department,
                     struct buf *out) {
  struct sources sources = {0};
  struct status status = {0};
  struct buf files = {0};
  struct merge fields = {0};
  int code = sources_read(&sources, folder, department, &status)
                 ? cli_fail(cli, CLI_FAILED, "%s", status.text)
                 : CLI_OK;
  if (sources.count)
    qsort(sources.items, (size_t)sources.count, sizeof *sources.items, compare_paths);
  size_t begun = value_begin_map(&files);
  for (int i = 0; i < sources.count; i++) put_file(&files, &sources.items[i]);
  value_end(&files, begun, (uint32_t)sources.count);
  merge_encoded(&fields, "files", &files);
  merge_end(&fields, out);
  buf_deinit(&files);
  sources_deinit(&sources);
  return code;
}

// Scripts that can't be loaded are nothing to send.
static int can_load(const struct cli *cli, const char *folder, const char *department) {
  struct bundle *bundle = NULL;
  int code = cli_scripts_load(cli, folder, department, &bundle);
  bundle_free(bundle);
  return code;
}

// json: those that were compared so far.
static int diff_one(const struct cli *cli, const char *department, struct buf *json) {
  const char *folder = cli_option(cli, "scripts");
  struct buf path = {0}, body = {0};
  struct cli_answer answer = {0};
  int code = folder ? can_load(cli, folder, department) : CLI_OK;
  if (!code && folder) code = put_files(cli, folder, department, &body);
  cli_put_path(&path, "bundles", department, "diff");
  if (!folder) value_end(&body, value_begin_map(&body), 0);
  if (!code) code = cli_ask(cli, "POST", buf_text(&path), &body, &answer);
  if (!code) {
    if (!cli->json) print_diff(&answer.value);
    buf_printf(json, "%s%s", json->len ? ",\n" : "", buf_text(&answer.text));
  }
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  buf_deinit(&body);
  return code;
}

static int diff_folder(const struct cli *cli, struct buf *json) {
  struct departments departments = {0};
  struct status status = {0};
  int code = CLI_OK;
  if (sources_departments(cli_option(cli, "scripts"), &departments, &status))
    return cli_fail(cli, CLI_FAILED, "%s", status.text);
  for (int i = 0; i < departments.count && !code; i++)
    code = diff_one(cli, departments.names[i], json);
  departments_deinit(&departments);
  return code;
}

// Those whose candidate waits.
static int diff_held(const struct cli *cli, struct buf *json) {
  struct cli_answer answer = {0};
  struct value item;
  int code = cli_ask(cli, "GET", "/api/v1/bundles", NULL, &answer);
  struct value items = value_field(&answer.value, "items");
  struct value_iter iter = value_iterate(&items);
  while (!code && items.kind == VALUE_LIST && value_next(&iter, NULL, &item)) {
    struct value status = cli_field(&item, "candidate.status"),
                 name = value_field(&item, "department");
    char *department = value_copy_text(&name);
    if (value_is(&status, "held")) code = diff_one(cli, department, json);
    mem_free(department);
  }
  cli_answer_deinit(&answer);
  return code;
}

static int diff(struct cli *cli) {
  struct buf json = {0};
  int code = cli->word_count              ? diff_one(cli, cli->words[0], &json)
             : cli_option(cli, "scripts") ? diff_folder(cli, &json)
                                          : diff_held(cli, &json);
  if (!code && !json.len) fprintf(stderr, "No candidate waits.\n");
  if (!code && cli->json) printf("{\"items\":[%s]}\n", buf_text(&json));
  buf_deinit(&json);
  return code;
}

const struct cli_command cli_diff = {
    .name = "diff",
    .words = "[DEPARTMENT]",
    .does = "what newer scripts would change, and for how many, before they are active",
    .more =
        "Of the candidate that waits (activate = \"manual\"), or of the files of "
        "--scripts\nFOLDER: steps that appear (+), move (~) or vanish (-) and how many "
        "enrollments have\nthem ahead; other declarations; and each live run is "
        "replayed: "
        "which stay with the\nversion they are on, and at which record they differ. "
        "Nothing changes.",
    .example =
        "afterward diff ortho\n"
        "afterward diff ortho --scripts ./scripts --json",
    .options =
        (const struct cli_option[]){
            {"scripts", "FOLDER", "a scripts folder, with the department in it"}, {NULL}},
    .most = 1,
    .run = diff};

static int waive(struct cli *cli, const char *run) {
  struct merge fields = {0};
  struct buf path = {0};
  if (!cli_option(cli, "reason"))
    return cli_fail(cli, CLI_USAGE, "say why it may stay: --reason \"two days left\"");
  cli_put_path(&path, "runs", run, "waive");
  cli_merge_option(cli, &fields, "reason", "reason");
  int code = cli_post(cli, buf_text(&path), &fields,
                      "Run {id} may stay with version {version}[: {waived_reason}].");
  buf_deinit(&path);
  return code;
}

static void put_flag(struct merge *fields, const char *key, bool flag) {
  struct value value = {.kind = VALUE_BOOL, .boolean = flag};
  merge_value(fields, key, &value);
}

static int upgrade(struct cli *cli) {
  const char *run = cli_option(cli, "waive");
  struct merge fields = {0};
  struct buf path = {0}, body = {0};
  struct cli_answer answer = {0};
  if (run) return waive(cli, run);
  cli_merge_option(cli, &fields, "department", "department");
  put_flag(&fields, "dry_run", cli_switch(cli, "dry-run"));
  merge_end(&fields, &body);
  cli_put_path(&path, "pathways", cli->words[0], "upgrade");
  int code = cli_ask(cli, "POST", buf_text(&path), &body, &answer);
  if (!code && cli->json)
    printf("%s\n", buf_text(&answer.text));
  else if (!code)
    print_runs(&answer.value, cli_switch(cli, "dry-run") ? "would move" : "moved");
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  buf_deinit(&body);
  return code;
}

const struct cli_command cli_upgrade = {
    .name = "upgrade",
    .words = "PATHWAY",
    .does = "move runs of a pathway that are still on older scripts to the newest",
    .more =
        "Those whose record agrees with the newest move now, not only at their next "
        "turn.\nThe others are listed with the reason, until they end, a newer version "
        "agrees with\nthem, or somebody says with --waive RUN --reason TEXT that they "
        "may stay.",
    .example =
        "afterward upgrade hip-replacement --dry-run\n"
        "afterward upgrade hip-replacement\n"
        "afterward upgrade hip-replacement --waive 7k2m --reason \"two days left\"",
    .options = (const struct cli_option[]){{"department", "NAME", "whose pathway"},
                                           {"dry-run", NULL, "only say what would move"},
                                           {"waive", "RUN", "this one may stay behind"},
                                           {"reason", "TEXT", "why it may stay"},
                                           {NULL}},
    .least = 1,
    .most = 1,
    .run = upgrade};
