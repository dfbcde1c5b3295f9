// afterward hl7: messages by hand, and what could not be taken.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/file.h"
#include "cli/hl7_send.h"
#include "cli/list.h"
#include "cli/show.h"
#include "cli/text.h"

static int letters(struct cli *cli) {
  static const struct cli_column columns[] = {{"ID", "id"},
                                              {"CONNECTOR", "connector"},
                                              {"CONTROL ID", "source_id"},
                                              {"TIMES", "times"},
                                              {"LAST", "received_at"},
                                              {"STATE", "state"},
                                              {"REASON", "reason"},
                                              {NULL}};
  struct buf path = {0};
  buf_puts(&path, "/api/v1/dead-letters");
  cli_put_query(&path, "connector", cli_option(cli, "connector"));
  cli_put_query(&path, "state", cli_option(cli, "state"));
  int code = cli_list(cli, buf_text(&path),
                      &(struct cli_list){columns, "dead letters", NULL, true});
  buf_deinit(&path);
  return code;
}

static void put_line(const char *label, const struct value *text) {
  struct buf line = {0};
  if (text->kind == VALUE_TEXT) cli_put_clean(&line, text->text.data, text->text.len);
  if (line.len) printf("%s%s\n", label, buf_text(&line));
  buf_deinit(&line);
}

// Segments a line each, as people read them.
static void put_segments(const struct value *text) {
  for (size_t from = 0, at = 0; at <= text->text.len; at++) {
    if (at < text->text.len && text->text.data[at] != '\r' && text->text.data[at] != '\n')
      continue;
    struct value line = {.kind = VALUE_TEXT, .text = {text->text.data + from, at - from}};
    put_line("", &line);
    from = at + 1;
  }
}

static void tell_letter(const struct cli *cli, const struct value *letter) {
  struct value text = value_field(letter, "text"), reason = value_field(letter, "reason");
  (void)cli;
  put_line("reason: ", &reason);
  put_segments(&text);
}

static void tell_events(const struct value *events) {
  struct value_iter iter = value_iterate(events);
  struct value event;
  while (value_next(&iter, NULL, &event)) {
    struct buf json = {0};
    value_to_json(&json, &event);
    struct value line = {.kind = VALUE_TEXT, .text = {json.data, json.len}};
    put_line("  event: ", &line);
    buf_deinit(&json);
  }
}

static void tell_explained(const struct cli *cli, const struct value *answer) {
  struct value messages = value_field(answer, "messages"), message;
  struct value_iter iter = value_iterate(&messages);
  (void)cli;
  while (value_next(&iter, NULL, &message)) {
    struct value type = value_field(&message, "type"),
                 code = value_field(&message, "answer"),
                 reason = value_field(&message, "reason"),
                 ignored = value_field(&message, "ignored"),
                 events = value_field(&message, "events");
    put_line("message: ", &type);
    put_line("  answer: ", &code);
    put_line("  reason: ", &reason);
    if (value_true(&ignored)) printf("  ignored, as the map says\n");
    tell_events(&events);
  }
}

// A file's text as UTF-8, in the field text.
static int merge_file(const struct cli *cli, struct merge *fields, const char *path) {
  struct buf bytes = {0}, text = {0};
  int code = cli_load(cli, path, &bytes);
  if (!code) {
    charset_put_utf8(&text, bytes.data, bytes.len);
    merge_text(fields, "text", buf_text(&text));
  }
  buf_deinit(&bytes);
  buf_deinit(&text);
  return code;
}

static int explain(struct cli *cli) {
  struct merge fields = {0};
  struct buf path = {0};
  const char *connector = cli_option(cli, "connector");
  if (!connector) return cli_fail(cli, CLI_USAGE, "say whose map: --connector NAME");
  int code = merge_file(cli, &fields, cli->words[1]);
  if (code) return code;
  cli_put_path(&path, "plugins", connector, "ask/explain");
  code = cli_post_tell(cli, buf_text(&path), &fields, tell_explained);
  buf_deinit(&path);
  return code;
}

static int show(struct cli *cli) {
  struct buf path = {0};
  cli_put_path(&path, "dead-letters", cli->words[1], NULL);
  int code = cli_ask_tell(cli, "GET", buf_text(&path), NULL, tell_letter);
  buf_deinit(&path);
  return code;
}

static int end_letter(struct cli *cli, bool replay) {
  struct merge fields = {0};
  struct buf path = {0};
  const char *with = cli_option(cli, "with");
  if (replay && with) {
    int code = merge_file(cli, &fields, with);
    if (code) return code;
  }
  cli_merge_option(cli, &fields, "note", "note");
  cli_put_path(&path, "dead-letters", cli->words[1], replay ? "replay" : "drop");
  int code = replay ? cli_post_tell(cli, buf_text(&path), &fields, tell_explained)
                    : cli_post(cli, buf_text(&path), &fields, "Dropped.");
  buf_deinit(&path);
  return code;
}

static int run(struct cli *cli) {
  const char *verb = cli->words[0], *what = cli->words[1];
  if (!strcmp(verb, "dead-letters")) return letters(cli);
  if (cli->word_count < 2)
    return cli_fail(cli, CLI_USAGE, "say which: afterward hl7 %s %s", verb,
                    !strcmp(verb, "send") || !strcmp(verb, "explain") ? "FILE" : "ID");
  if (!strcmp(verb, "explain")) return explain(cli);
  if (!strcmp(verb, "show")) return show(cli);
  if (strcmp(verb, "send") != 0) return end_letter(cli, !strcmp(verb, "replay"));
  struct buf bytes = {0};
  const char *to = cli_option(cli, "to");
  int code = to ? cli_load(cli, what, &bytes)
                : cli_fail(cli, CLI_USAGE, "say where to: --to 127.0.0.1:2575");
  if (!code) code = hl7_send(cli, to, &bytes);
  buf_deinit(&bytes);
  return code;
}

const struct cli_command cli_hl7 = {
    .name = "hl7",
    .words = "send FILE|explain FILE|dead-letters|show ID|replay ID|drop ID",
    .does = "HL7 messages by hand, and those that could not be taken",
    .more =
        "send          to a listener, ours or another's, over MLLP; prints each "
        "acknowledgment.\n"
        "              Exit 1 when one is not AA or CA\n"
        "explain       what messages would become by a connector's map, and why not\n"
        "dead-letters  what connectors could not make an event of; --state replayed or "
        "dropped\n"
        "show          one of them, with its reason\n"
        "replay        again, as it is, or mended: --with FILE\n"
        "drop          with a reason: --note TEXT\n"
        "FILE holds one message or several; - is standard input.",
    .example =
        "afterward hl7 send a03.hl7 --to 127.0.0.1:2575\n"
        "afterward hl7 explain a03.hl7 --connector his\n"
        "afterward hl7 replay l3k9v0m2qx8aw --with mended.hl7",
    .verbs = (const char *const[]){"send", "explain", "dead-letters", "show", "replay",
                                   "drop", NULL},
    .options =
        (const struct cli_option[]){{"to", "HOST:PORT", "send: where to"},
                                    {"connector", "NAME", "whose map, whose letters"},
                                    {"state", "STATE", "open, replayed or dropped"},
                                    {"with", "FILE", "replay: the mended message"},
                                    {"note", "TEXT", "drop: why"},
                                    {NULL}},
    .least = 1,
    .most = 2,
    .run = run};
