// afterward cases, afterward case: feedback and questions by the time that is left, and
// what staff do with one beside its tasks.
#include <stdio.h>
#include <string.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/file.h"
#include "cli/list.h"
#include "cli/show.h"

static enum cli_style style(const struct value *item) {
  struct value breached = cli_field(item, "breached"),
               closed = cli_field(item, "closed_at"),
               paused = cli_field(item, "paused_why");
  if (closed.kind != VALUE_NIL || paused.kind != VALUE_NIL) return CLI_DIM;
  return value_true(&breached) ? CLI_RED : CLI_PLAIN;
}

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {{"NUMBER", "number"},
                                              {"ORDER", "order"},
                                              {"CLOCK", "clock"},
                                              {"DUE", "due_at"},
                                              {"OVER", "breached"},
                                              {"NATURE", "nature"},
                                              {"TYPE", "type"},
                                              {"STAGE", "stage"},
                                              {"TIER", "tier"},
                                              {"LEVEL", "level"},
                                              {"LEAD", "lead"},
                                              {"RECEIVER", "receiver"},
                                              {"CHANNEL", "channel"},
                                              {"WAITS FOR", "paused_why"},
                                              {"CLOSED", "closed_at"},
                                              {"RESULT", "closed"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/cases", &(struct cli_list){columns, "cases", style});
}

const struct cli_command cli_cases = {
    .name = "cases",
    .words = "",
    .does = "feedback and questions that are open, the least time left first",
    .example = "afterward cases --department feedback",
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "only this one's"},
            {"channel", "WORD", "only what came so: hotline, web, external …"},
            {"triage", "NAME", "only what this one handles"},
            {"status", "WORD", "open or closed; else open"},
            {"order", "WORD",
             "left: those with a running clock, soonest first; number: all, as they came "
             "in"},
            CLI_PAGING,
            {NULL}},
    .run = list};

static const char sentence[] =
    "Case {number}[, {item.nature}][ about {item.type}], came by {channel} "
    "{received_at}[; {clock} is due {due_at}][; closed: {closed}].";

static int take_in(struct cli *cli) {
  struct merge fields = {0}, sender = {0};
  struct buf whom = {0};
  static const char *const own[] = {"channel", "text", "ward",     "mrn",   "visit",
                                    "nature",  "at",   "receiver", "order", "concerns"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    cli_merge_option(cli, &fields, own[i], own[i]);
  cli_merge_option(cli, &sender, "name", "name");
  cli_merge_option(cli, &sender, "phone", "phone");
  bool named = sender.count > 0;
  merge_end(&sender, &whom);
  if (named) merge_encoded(&fields, "sender", &whom);
  if (cli_switch(cli, "anonymous")) {
    struct value yes = {.kind = VALUE_BOOL, .boolean = true};
    merge_value(&fields, "anonymous", &yes);
  }
  buf_deinit(&whom);
  return cli_post(cli, "/api/v1/cases", &fields, "Taken in as {number}.");
}

// The name goes with it, without its folder; what it is is seen by what is in it.
static int attach(struct cli *cli) {
  const char *file = cli->word_count > 2 ? cli->words[2] : NULL;
  struct buf path = {0}, bytes = {0};
  struct cli_answer answer = {0};
  if (!file) return cli_fail(cli, CLI_USAGE, "name the file: a photo or a recording");
  const char *slash = strrchr(file, '/');
  cli_put_path(&path, "cases", cli->words[1], "attachments");
  cli_put_query(&path, "name", slash ? slash + 1 : file);
  int code = cli_load(cli, file, &bytes);
  if (!code) code = cli_give(cli, path.data, &bytes, &answer);
  if (!code && cli->json)
    printf("%s\n", buf_text(&answer.text));
  else if (!code)
    cli_say(&answer.value, "Kept as {id}, {kind}, {bytes} bytes.");
  cli_answer_deinit(&answer);
  buf_deinit(&bytes);
  buf_deinit(&path);
  return code;
}

static int unmask(struct cli *cli) {
  struct merge fields = {0};
  struct buf path = {0};
  cli_put_path(&path, "cases", cli->words[1], "unmask");
  cli_merge_option(cli, &fields, "reason", "reason");
  int code = cli_post(cli, buf_text(&path), &fields, sentence);
  buf_deinit(&path);
  return code;
}

static int deed(struct cli *cli) {
  const char *verb = cli->words[0];
  if (!strcmp(verb, "new")) return take_in(cli);
  if (cli->word_count < 2)
    return cli_fail(cli, CLI_USAGE,
                    "name the case: its number is listed by afterward cases");
  if (!strcmp(verb, "attach")) return attach(cli);
  if (cli->word_count > 2) return cli_fail(cli, CLI_USAGE, "one case at a time");
  if (!strcmp(verb, "unmask")) return unmask(cli);
  if (!strcmp(verb, "show")) return cli_get_one(cli, "cases", cli->words[1], sentence);
  struct merge fields = {0};
  struct buf path = {0};
  cli_put_path(&path, "cases", cli->words[1], verb);
  static const char *const all[] = {"to",      "text", "reason", "field",  "value",
                                    "patient", "into", "clock",  "solved", "satisfied",
                                    "said",    "did",  "place"};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    cli_merge_option(cli, &fields, all[i], all[i]);
  int code = cli_post(cli, buf_text(&path), &fields, "Done.[ It waits for {waits_for}.]");
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_case = {
    .name = "case",
    .words =
        "new|show|unmask|add|transfer|join|leave|correct|link|merge|attach|extend|told|"
        "publish|"
        "unpublish "
        "[NUMBER] [FILE]",
    .does = "take an item in, look at one, pass its work on, say what it is about",
    .more =
        "show: whom it is about is for those who handle it; unmask shows it to others, "
        "with\n"
        "a reason that is kept (afterward unmaskings). transfer: who has its work now "
        "gives it to another post, with a reason; its\n"
        "clocks go on. add: what was said of it since.\n"
        "join, leave: another department answers its part as well, or no more; the\n"
        "law's ten days for several count from when the case came.\n"
        "correct: what the phrases made of it. link: whom it is about.\n"
        "merge: the same matter came twice. attach: a photo or a recording that belongs\n"
        "to it. extend: a clock that may be, once, before it is due. told: what the\n"
        "call-back said, the hospital's or the bureau's. It is answered and closed by "
        "its\n"
        "tasks. publish: the page /said has your words for everybody, what was said and\n"
        "what was done; nobody may be named in them.",
    .example =
        "afterward case new --channel hotline --text 排队三小时 --phone 13800001234\n"
        "afterward case show 20260302-4711\n"
        "afterward case add 20260302-4711 --text 打电话问清楚：取报告排了两小时\n"
        "afterward case attach 20260302-4711 letter.jpg\n"
        "afterward case publish 20260302-4711 --said 取报告要等太久 --did "
        "增设自助打印机\n"
        "afterward case transfer 20260302-4711 --to pharmacy --reason 属药房\n"
        "afterward case join 20260302-4711 --to nursing --reason 涉及护理\n"
        "afterward case extend 20260302-4711 --clock resolution --reason 需外院会诊",
    .verbs = (const char *const[]){"new", "unmask", "show", "add", "transfer", "join",
                                   "leave", "correct", "link", "merge", "attach",
                                   "extend", "told", "publish", "unpublish", NULL},
    .least = 1,
    .most = 3,
    .options =
        (const struct cli_option[]){
            {"channel", "WORD", "new: web qr hotline counter letter review external …"},
            {"text", "TEXT", "new, add: what was said"},
            {"name", "NAME", "new: who said it"},
            {"phone", "NUMBER", "new: where to answer"},
            {"mrn", "NUMBER", "new: the patient whom it is about"},
            {"visit", "NUMBER", "new: the stay"},
            {"ward", "NAME", "new: where"},
            {"nature", "WORD", "new: complaint praise suggestion question"},
            {"order", "NUMBER", "new: the bureau's own number, of a 12345 order"},
            {"receiver", "POST", "new: who stays responsible; else you"},
            {"concerns", "LOGIN", "new: whom of the staff it complains of, or praises"},
            {"at", "WHEN", "new: when it came in, if not now"},
            {"anonymous", NULL, "new: nobody may know who spoke"},
            {"to", "POST",
             "transfer: who takes over; join, leave: which department's post"},
            {"reason", "TEXT", "unmask, transfer, join, leave, link, merge, extend: why"},
            {"clock", "NAME", "extend: which"},
            {"solved", "WORD", "told: yes or no"},
            {"satisfied", "WORD", "told: yes partly no"},
            {"field", "NAME", "correct: stage type nature urgency topic concerns"},
            {"value", "WORD", "correct: what it is"},
            {"patient", "ID", "link: whom it is about"},
            {"into", "NUMBER", "merge: the case that goes on"},
            {"said", "TEXT", "publish: you said, in your words for the public"},
            {"did", "TEXT", "publish: we did"},
            {"place", "NAME", "publish: where, as the public may read it"},
            {NULL}},
    .run = deed};

static int unmaskings(struct cli *cli) {
  static const struct cli_column columns[] = {
      {"AT", "at"}, {"WHO", "staff"}, {"CASE", "case"}, {"WHY", "reason"}, {NULL}};
  return cli_list(cli, "/api/v1/unmaskings", &(struct cli_list){columns, "unmaskings"});
}

const struct cli_command cli_unmaskings = {
    .name = "unmaskings",
    .words = "",
    .does = "who outside a case's team had whom it is about shown, when and why",
    .example = "afterward unmaskings --case 20260302-47110",
    .options = (const struct cli_option[]){{"case", "NUMBER", "of this one"},
                                           {"staff", "LOGIN", "by this person"},
                                           CLI_PAGING,
                                           {NULL}},
    .run = unmaskings};
