// afterward tasks, afterward task: the work list of a duty post, and doing it.
#include <string.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"

static enum cli_style style(const struct value *item) {
  struct value status = cli_field(item, "status"),
               overdue = cli_field(item, "overdue_at");
  if (!value_is(&status, "open")) return CLI_DIM;
  return value_true(&overdue) ? CLI_RED : CLI_PLAIN;
}

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"DUE", "due_at"},
                                              {"DEPARTMENT", "department"},
                                              {"ROLE", "role"},
                                              {"TASK", "name"},
                                              {"PATIENT", "patient"},
                                              {"STATUS", "status"},
                                              {"CLAIMED BY", "claimed_by"},
                                              {"RESULT", "code"},
                                              {"LAST CALL", "last_call"},
                                              {"NOTE", "note"},
                                              {"RESULT NOTE", "result_note"},
                                              {"WITHDRAWN BECAUSE", "reason"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/tasks", &(struct cli_list){columns, "tasks", style});
}

const struct cli_command cli_tasks = {
    .name = "tasks",
    .words = "",
    .does = "the work list: tasks with their deadline, post and state",
    .example = "afterward tasks --role nurse-ortho --status open",
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "only this one's"},
            {"role", "NAME", "only this duty post's"},
            {"status", "WORD", "open held done withdrawn; else open and held"},
            {"patient", "ID", "only this patient's"},
            CLI_PAGING,
            {NULL}},
    .run = list};

// "38.2", "true" and "[1,2]" as what they are, anything else as text.
static void put_answer(struct buf *out, const char *text) {
  struct status status = {0};
  size_t before = out->len;
  struct value value = {0};
  bool typed = value_from_json(out, text, strlen(text), &status) == OK &&
               value_read(out->data + before, out->len - before, &value) &&
               value.kind != VALUE_NIL && value.kind != VALUE_MAP;
  if (typed) return;
  out->len = before;
  value_put_text(out, text);
}

static int merge_answers(const struct cli *cli, struct merge *fields) {
  struct merge *answers = mem_alloc(sizeof *answers);
  struct buf all = {0};
  const char *pair;
  int code = CLI_OK, at = 0;
  while (!code && (pair = cli_next_option(cli, "answer", &at))) {
    const char *equals = strchr(pair, '=');
    size_t len = equals ? (size_t)(equals - pair) : 0;
    if (!len || len >= sizeof answers->fields[0].key) {
      code = cli_fail(cli, CLI_USAGE, "--answer %s: write item=value", pair);
      break;
    }
    char *item = mem_copy_bytes(pair, len);
    struct buf value = {0};
    put_answer(&value, equals + 1);
    merge_encoded(answers, item, &value);
    buf_deinit(&value);
    mem_free(item);
  }
  merge_end(answers, &all);
  if (at && !code && cli_option(cli, "answer")) merge_encoded(fields, "answer", &all);
  buf_deinit(&all);
  mem_free(answers);
  return code;
}

static const char sentence[] =
    "Task {id}, {name}, is {status}[: {code}][, claimed by {claimed_by}][, due "
    "{due_at}][; last call: {last_call}][ ({last_call_detail})][, being rung until "
    "{ringing.until}][; proposed: {proposed.code}].";

static int numbers(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"RELATION", "relation"},
                                              {"NUMBER", "tel|number"},
                                              {"FLAG", "flag"},
                                              {"OPTED OUT", "opted_out_at"},
                                              {"WRONG", "wrong_number_at"},
                                              {"LAST RESULT", "last_code"},
                                              {"AT", "last_at"},
                                              {NULL}};
  struct buf path = {0};
  cli_put_path(&path, "tasks", cli->words[1], "numbers");
  int code =
      cli_list(cli, buf_text(&path), &(struct cli_list){columns, "numbers", NULL, true});
  buf_deinit(&path);
  return code;
}

static int deed(struct cli *cli) {
  if (strcmp(cli->words[0], "show") == 0)
    return cli_get_one(cli, "tasks", cli->words[1], sentence);
  if (strcmp(cli->words[0], "numbers") == 0) return numbers(cli);
  struct merge fields = {0};
  struct buf path = {0};
  cli_put_path(&path, "tasks", cli->words[1], cli->words[0]);
  cli_merge_option(cli, &fields, "code", "code");
  cli_merge_option(cli, &fields, "note", "note");
  cli_merge_option(cli, &fields, "to", "to");
  cli_merge_option(cli, &fields, "at", "at");
  cli_merge_option(cli, &fields, "number", "identity");
  cli_merge_option(cli, &fields, "from", "extension");
  cli_merge_option(cli, &fields, "channel", "channel");
  int code = merge_answers(cli, &fields);
  if (!code && strcmp(cli->words[0], "done") == 0 && !cli_option(cli, "code"))
    code = cli_fail(cli, CLI_USAGE,
                    "a task is done with a result: --code CODE; afterward codes "
                    "lists them");
  if (code) {
    struct buf unused = {0};
    merge_end(&fields, &unused);
    buf_deinit(&unused);
  } else {
    code = cli_post(cli, buf_text(&path), &fields, sentence);
  }
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_task = {
    .name = "task",
    .words = "show|claim|release|numbers|dial|done ID",
    .does =
        "take a task until the shift ends, ring the patient, close it with its result",
    .more =
        "numbers: whom to ring, in order. dial: the PBX rings your desk phone, then the\n"
        "next of them; what came of it stands in the task, with the result it proposes.",
    .example =
        "afterward task claim 7k3m\n"
        "afterward task dial 7k3m\n"
        "afterward task done 7k3m --code reached --answer temp=37.8 --note 伤口干燥",
    .verbs = (const char *const[]){"show", "claim", "release", "numbers", "dial", "done",
                                   NULL},
    .least = 2,
    .most = 2,
    .options =
        (const struct cli_option[]){
            {"code", "CODE", "the result: see afterward codes; Chinese words will do"},
            {"answer", "ITEM=VALUE", "an answer of the task's form; as often as needed"},
            {"note", "TEXT", "in words"},
            {"to", "STAFF", "to whom it goes (transfer)"},
            {"at", "WHEN", "when to ring again: 2h, 2026-03-02 15:00"},
            {"number", "ID", "the number that is rung, or was; else the next in order"},
            {"from", "EXTENSION", "the desk phone for this call; else yours on file"},
            {"channel", "NAME", "that rings; else the first PBX, a robot when named"},
            {NULL}},
    .run = deed};
