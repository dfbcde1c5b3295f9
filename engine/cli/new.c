// afterward new: a small working example to begin with.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "cli/commands.h"
#include "cli/scripts.h"
#include "new.h"
#include "script/sources.h"
#include "script_path.h"

static bool is_id(const char *name) {
  size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
  bool whole = len > 0 && len <= 48 && !name[len];
  return whole && *name >= 'a' && !strstr(name, "--") && name[len - 1] != '-' &&
         strcmp(name, "shared") != 0 && strcmp(name, "demo") != 0 &&
         strcmp(name, "spec") != 0;
}

// The only department of a scripts folder, NULL when there are several or none; the
// caller frees.
static char *only_department(const char *scripts) {
  struct departments departments = {0};
  struct status status = {0};
  char *only = NULL;
  if (!sources_departments(scripts, &departments, &status) && departments.count == 1)
    only = mem_copy_text(departments.names[0]);
  departments_deinit(&departments);
  return only;
}

static bool is_channel(const struct new_request *request) {
  return strcmp(request->kind, "channel") == 0;
}

static void put_next(const struct new_request *request, struct buf *look,
                     struct buf *prove) {
  if (is_channel(request))
    buf_printf(look, "afterward channel test %s --to NUMBER", request->name);
  else
    buf_printf(look, "afterward check %s/%s", request->scripts, request->department);
  buf_printf(prove, "afterward test %s", request->department);
  if (strcmp(request->scripts, "scripts") != 0)
    buf_printf(prove, " --scripts %s", request->scripts);
}

static void print_json(const struct new_result *result, const struct buf *look,
                       const struct buf *prove) {
  struct buf bytes = {0}, json = {0};
  struct value view;
  struct mapping map = mapping_begin(&bytes);
  mapping_key(&map, "files");
  size_t list = value_begin_list(map.out);
  for (int i = 0; i < result->count; i++)
    value_put_text(map.out, buf_text(&result->files[i]));
  value_end(map.out, list, (uint32_t)result->count);
  mapping_key(&map, "next");
  list = value_begin_list(map.out);
  value_put_text(map.out, buf_text(look));
  value_put_text(map.out, buf_text(prove));
  value_end(map.out, list, 2);
  mapping_end(&map);
  value_read(bytes.data, bytes.len, &view);
  value_to_json(&json, &view);
  puts(json.data);
  buf_deinit(&bytes);
  buf_deinit(&json);
}

static void print_text(const struct new_result *result, const struct buf *look,
                       const struct buf *prove) {
  for (int i = 0; i < result->count; i++) printf("wrote %s\n", result->files[i].data);
  printf("\nPut your own words where %s says what, then:\n", result->files[0].data);
  printf("  %s\n  %s\n", buf_text(look), buf_text(prove));
}

static int write_it(struct cli *cli, const struct new_request *request) {
  struct new_result result = {0};
  struct status status = {0};
  struct buf look = {0}, prove = {0};
  int code = new_write(request, &result, &status)
                 ? cli_fail(cli, CLI_FAILED, "%s", status.text)
                 : CLI_OK;
  put_next(request, &look, &prove);
  if (!code && cli->json)
    print_json(&result, &look, &prove);
  else if (!code)
    print_text(&result, &look, &prove);
  buf_deinit(&look);
  buf_deinit(&prove);
  new_deinit(&result);
  return code;
}

static int run(struct cli *cli) {
  const char *in = cli_option(cli, "in");
  const char *scripts = cli_option(cli, "scripts");
  struct new_request request = {.kind = cli->words[0], .name = cli->words[1]};
  bool department = strcmp(request.kind, "department") == 0 || is_channel(&request);
  request.scripts = !is_channel(&request) ? script_folder(scripts, true)
                    : scripts             ? scripts
                                          : "plugins";
  if (!is_id(request.name))
    return cli_fail(cli, CLI_USAGE,
                    "\"%s\" can't be a name: lower-case words with dashes, such as "
                    "wound-check",
                    request.name);
  if (department && in)
    return cli_fail(cli, CLI_USAGE, "a %s lies in no department: leave --in out",
                    request.kind);
  if (in && !department && cli_scripts_has(cli, request.scripts, in)) return CLI_FAILED;
  char *only = in || department ? NULL : only_department(request.scripts);
  request.department = department ? request.name : in ? in : only;
  int code = request.department
                 ? write_it(cli, &request)
                 : cli_fail(cli, CLI_USAGE,
                            "say whose it is: --in DEPARTMENT, a folder under %s",
                            request.scripts);
  mem_free(only);
  return code;
}

const struct cli_command cli_new = {
    .name = "new",
    .words = "pathway|form|escalation|department|channel NAME",
    .does = "write a small working example with its spec",
    .more =
        "A channel is a plugin that sends messages; docs/channels.md.\n"
        "Nothing that is there is written over. What is written passes afterward\n"
        "check and its spec as it is.",
    .example =
        "afterward new department urology\nafterward new pathway stone --in urology",
    .verbs = (const char *const[]){"pathway", "form", "escalation", "department",
                                   "channel", NULL},
    .options =
        (const struct cli_option[]){
            {"in", "DEPARTMENT", "whose; not needed where there is only one"},
            {"scripts", "DIR",
             "the scripts folder; else AFTERWARD_SCRIPTS, or ./scripts"},
            {"json", NULL, "for programs"},
            {NULL}},
    .least = 2,
    .most = 2,
    .local = true,
    .run = run};
