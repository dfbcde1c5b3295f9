// afterward bundles, reload, activate, rollback: departments' scripts.
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/bundle.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

enum { POLL_MS = 150 };

static enum cli_style style(const struct value *item) {
  struct value status = cli_field(item, "candidate.status");
  if (value_is(&status, "refused")) return CLI_RED;
  return status.kind == VALUE_TEXT ? CLI_YELLOW : CLI_PLAIN;
}

static const struct cli_column columns[] = {
    {"DEPARTMENT", "department"},   {"ACTIVE", "active.short"},
    {"SINCE", "active.at"},         {"BY", "active.by"},
    {"GIT", "active.git"},          {"DOING", "doing"},
    {"FILES", "candidate.status"},  {"CANDIDATE", "candidate.short"},
    {"FILE", "candidate.file"},     {"LINE", "candidate.line"},
    {"REASON", "candidate.reason"}, {NULL}};
static const struct cli_list list = {columns, "departments with scripts", style};

static int show_one(const struct cli *cli, cli_tell *how) {
  struct buf path = {0};
  cli_put_path(&path, "bundles", cli->words[0], NULL);
  int code = cli_ask_tell(cli, "GET", buf_text(&path), NULL, how);
  buf_deinit(&path);
  return code;
}

static int show(struct cli *cli) {
  return cli->word_count ? show_one(cli, cli_bundle_tell_all)
                         : cli_list(cli, "/api/v1/bundles", &list);
}

const struct cli_command cli_bundles = {
    .name = "bundles",
    .words = "[DEPARTMENT]",
    .does = "which scripts are active, and what is wrong with files that are not",
    .more =
        "With a department also its earlier versions, all findings, and what its "
        "specs said.",
    .example = "afterward bundles ortho",
    .most = 1,
    .run = show};

static void put_bundle_path(struct buf *path, const char *department, const char *verb) {
  if (department)
    cli_put_path(path, "bundles", department, verb);
  else
    buf_printf(path, "/api/v1/bundles%s%s", verb ? "/" : "", verb ? verb : "");
}

static void tell(const char *doing, size_t len) {
  if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%.*s …\033[K", (int)len, doing);
}

// Until nothing is being done any more; the last answer.
static int wait_for(const struct cli *cli, const char *path, struct cli_answer *answer) {
  const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
  int code;
  for (;;) {
    code = cli_ask(cli, "GET", path, NULL, answer);
    struct value doing = value_field(&answer->value, "doing");
    if (code || doing.kind != VALUE_TEXT) break;
    tell(doing.text.data, doing.text.len);
    cli_answer_deinit(answer);
    *answer = (struct cli_answer){0};
    nanosleep(&pause, NULL);
  }
  if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
  return code;
}

static bool is_refused(const struct value *item) {
  struct value status = cli_field(item, "candidate.status");
  return value_is(&status, "refused");
}

// Whether anything is; of several departments also in a sentence.
static bool tell_refused(const struct cli *cli, const struct value *answer) {
  struct value items = value_field(answer, "items"), item;
  struct value_iter iter = value_iterate(&items);
  int refused = is_refused(answer);
  if (items.kind != VALUE_LIST) return refused;
  while (value_next(&iter, NULL, &item)) refused += is_refused(&item);
  if (!cli->json)
    printf("The files of %u department%s were looked at, those of %d are refused.\n\n",
           (unsigned)value_count(&items), value_count(&items) == 1 ? "" : "s", refused);
  return refused > 0;
}

static int ask(struct cli *cli, const char *department) {
  struct buf path = {0};
  struct cli_answer answer = {0};
  put_bundle_path(&path, department, "reload");
  int code = cli_ask(cli, "POST", path.data, NULL, &answer);
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  return code;
}

static int reload(struct cli *cli) {
  const char *department = cli->word_count ? cli->words[0] : NULL;
  struct buf path = {0};
  struct cli_answer answer = {0};
  int code = ask(cli, department);
  if (code) return code;
  put_bundle_path(&path, department, NULL);
  code = wait_for(cli, path.data, &answer);
  bool refused = !code && tell_refused(cli, &answer.value);
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  if (!code) code = department ? show_one(cli, cli_bundle_tell) : show(cli);
  return !code && refused ? CLI_FAILED : code;
}

const struct cli_command cli_reload = {
    .name = "reload",
    .words = "[DEPARTMENT]",
    .does = "take changed scripts now, and files that were refused before once more",
    .more =
        "Saved files are taken by themselves within two seconds. Exit 1 when files "
        "of a department are refused; its active version goes on.",
    .example = "afterward reload ortho",
    .most = 1,
    .run = reload};

static int change(struct cli *cli, const char *verb, cli_tell *how) {
  struct buf path = {0};
  struct merge fields = {0};
  put_bundle_path(&path, cli->words[0], verb);
  if (cli->word_count > 1) merge_text(&fields, "hash", cli->words[1]);
  int code = cli_post_tell(cli, path.data, &fields, how);
  buf_deinit(&path);
  return code;
}

static void tell_activated(const struct cli *cli, const struct value *bundle) {
  cli_say(bundle, "Activated.");
  cli_bundle_tell(cli, bundle);
}

static int activate(struct cli *cli) { return change(cli, "activate", tell_activated); }

const struct cli_command cli_activate = {
    .name = "activate",
    .words = "DEPARTMENT [HASH]",
    .does = "make a department's candidate its active scripts",
    .more =
        "A candidate waits when department.lua says activate = \"manual\", and after "
        "a rollback. With a HASH (its first characters do) only if it is still that "
        "one.",
    .example = "afterward activate ortho 3f9c04d1",
    .least = 1,
    .most = 2,
    .run = activate};

static void tell_back(const struct cli *cli, const struct value *bundle) {
  cli_say(bundle, "Gone back to an earlier version.");
  cli_bundle_tell(cli, bundle);
}

static int rollback(struct cli *cli) { return change(cli, "rollback", tell_back); }

const struct cli_command cli_rollback = {
    .name = "rollback",
    .words = "DEPARTMENT [HASH]",
    .does = "go back to scripts that were active before, from the database",
    .more =
        "Without HASH to the version before the active one; again, and further back. "
        "The files on the disk stay, and are not taken until they change.",
    .example = "afterward rollback ortho",
    .least = 1,
    .most = 2,
    .run = rollback};
