// afterward channels, channel, inbound: how messages leave, whether they do, and what
// came back.
#include <stdio.h>
#include <string.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/list.h"
#include "cli/show.h"
#include "cli/text.h"

static enum cli_style style(const struct value *item) {
  struct value state = cli_field(item, "state");
  return value_is(&state, "up") ? CLI_PLAIN : CLI_RED;
}

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {{"NAME", "name"},
                                              {"PLUGIN", "plugin"},
                                              {"STATE", "state"},
                                              {"SINCE", "since"},
                                              {"ERROR", "error"},
                                              {"ADDRESS", "address"},
                                              {"ACCEPTED", "accepted"},
                                              {"HELD", "held"},
                                              {"WAITING", "waiting"},
                                              {"RUNNING", "running"},
                                              {"LAST TROUBLE", "last_result"},
                                              {"", "last_detail"},
                                              {"AT", "last_at"},
                                              {"REFUSED", "stale"},
                                              {NULL}};
  return cli_list(cli, "/api/v1/channels",
                  &(struct cli_list){columns, "channels", style, .unfiltered = true});
}

const struct cli_command cli_channels = {
    .name = "channels",
    .words = "",
    .does = "how messages leave, and whether they do",
    .more =
        "STATE: up; down: nobody is there, since when and with what error: messages are\n"
        "held, one tries now and then; misconfigured: the provider says that settings "
        "are\n"
        "wrong; limited: its limit of the day is reached, or it wants fewer; stale: the\n"
        "plugin was saved anew and is broken, or new settings are wrong, so the old "
        "ones\n"
        "go on; refused: it is new, and its settings are wrong.\n"
        "HELD: stand in line for it. WAITING, RUNNING: handed to it already.\n"
        "--json tells all of what each can do. Figures are since the daemon's start.",
    .example = "afterward channels",
    .run = list};

static void print_line(const char *mark, const struct value *text) {
  struct buf line = {0};
  if (text->kind == VALUE_TEXT) cli_put_clean(&line, text->text.data, text->text.len);
  printf("%s %s\n", mark, buf_text(&line));
  buf_deinit(&line);
}

static void print_headers(const struct value *headers) {
  struct value_iter iter = value_iterate(headers);
  struct value pair;
  while (value_next(&iter, NULL, &pair)) {
    struct buf line = {0};
    struct value name = value_at(&pair, 0), value = value_at(&pair, 1);
    buf_printf(&line, "%.*s: %.*s", (int)name.text.len, name.text.data,
               (int)value.text.len, value.text.data);
    struct value text = {.kind = VALUE_TEXT, .text = {line.data, line.len}};
    print_line(">", &text);
    buf_deinit(&line);
  }
}

static void print_step(const struct value *step) {
  struct value request = value_field(step, "request"),
               answer = value_field(step, "answer"), error = value_field(step, "error"),
               method = value_field(&request, "method"),
               url = value_field(&request, "url"), body = value_field(&request, "body"),
               headers = value_field(&request, "headers"),
               status = value_field(&answer, "status"),
               said = value_field(&answer, "body");
  printf("> %.*s ", (int)method.text.len, method.text.data);
  print_line("", &url);
  print_headers(&headers);
  if (body.kind == VALUE_TEXT && body.text.len) print_line(">", &body);
  if (answer.kind == VALUE_MAP) {
    printf("< %lld\n", (long long)value_int_or(&status, 0));
    if (said.text.len) print_line("<", &said);
  } else {
    print_line("<", &error);
  }
}

static int print_report(const struct value *report) {
  struct value steps = value_field(report, "steps"), step,
               result = value_field(report, "result"), id = value_field(report, "id"),
               detail = value_field(report, "detail");
  struct value_iter iter = value_iterate(&steps);
  while (value_next(&iter, NULL, &step)) print_step(&step);
  print_line("result:", &result);
  if (id.kind == VALUE_TEXT) print_line("number:", &id);
  if (detail.kind == VALUE_TEXT) print_line("detail:", &detail);
  return value_is(&result, "accepted") ? CLI_OK : CLI_FAILED;
}

static int test(struct cli *cli) {
  struct merge fields = {0};
  struct buf path = {0}, body = {0};
  struct cli_answer answer = {0};
  if (!cli_option(cli, "to"))
    return cli_fail(cli, CLI_USAGE, "say to whom: --to NUMBER, your own at best");
  cli_put_path(&path, "channels", cli->words[1], "test");
  cli_merge_option(cli, &fields, "to", "to");
  cli_merge_option(cli, &fields, "text", "text");
  cli_merge_option(cli, &fields, "from", "from");
  merge_end(&fields, &body);
  int code = cli_ask(cli, "POST", buf_text(&path), &body, &answer);
  if (!code) {
    struct value result = value_field(&answer.value, "result");
    if (cli->json) printf("%s\n", buf_text(&answer.text));
    code = !cli->json                      ? print_report(&answer.value)
           : value_is(&result, "accepted") ? CLI_OK
                                           : CLI_FAILED;
  }
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  buf_deinit(&body);
  return code;
}

const struct cli_command cli_channel = {
    .name = "channel",
    .words = "test NAME",
    .does = "send one message for real, and see what is asked and answered",
    .more =
        "It is nobody's message: no patient's record has it, the audit has who sent it.\n"
        "Secrets are shown as ***. Exit 0 when it was accepted, 1 when not.",
    .example =
        "afterward channel test sms --to 13800001111\n"
        "afterward channel test sms --to 13800001111 --text 【示范医院】您好",
    .verbs = (const char *const[]){"test", NULL},
    .options = (const struct cli_option[]){{"to", "NUMBER", "or address; needed"},
                                           {"text", "TEXT",
                                            "else a sentence that says "
                                            "it is a test"},
                                           {"from", "EXTENSION",
                                            "the desk phone that a PBX rings first"},
                                           {NULL}},
    .least = 2,
    .most = 2,
    .run = test};

static int list_inbound(struct cli *cli) {
  static const struct cli_column columns[] = {
      {"ID", "id"},           {"AT", "at"},
      {"CHANNEL", "channel"}, {"KIND", "kind"},
      {"PATIENT", "patient"}, {"OUTCOME", "outcome"},
      {"TEXT", "text"},       {NULL}};
  return cli_list(cli, "/api/v1/inbound",
                  &(struct cli_list){columns, "inbound texts", NULL, false});
}

const struct cli_command cli_inbound = {
    .name = "inbound",
    .words = "",
    .does = "what people wrote to our channels, and what became of it",
    .more =
        "OUTCOME: answered (the question asked last), opted-out, wrong-number, feedback, "
        "given (to "
        "the\n"
        "nurse, to read), whose (several patients share the number: the writer is "
        "asked),\n"
        "chosen (said whose an earlier text is), unknown (nobody's number).",
    .example = "afterward inbound --channel sms --all",
    .options = (const struct cli_option[]){{"channel", "NAME", "only to this one"},
                                           {"patient", "ID", "only this patient's"},
                                           CLI_PAGING,
                                           {NULL}},
    .run = list_inbound};
