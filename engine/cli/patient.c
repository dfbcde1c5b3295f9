// afterward patient, timeline, card, opt-out: one patient, by public id, record number or
// phone.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/file.h"
#include "cli/list.h"
#include "cli/patient.h"
#include "cli/show.h"

static int find(const struct cli *cli, struct cli_answer *answer, struct value *items) {
  struct buf path = {0};
  buf_puts(&path, "/api/v1/patients");
  cli_put_query(&path, "mrn", cli_option(cli, "mrn"));
  cli_put_query(&path, "phone", cli_option(cli, "phone"));
  int code = cli_ask(cli, "GET", buf_text(&path), NULL, answer);
  *items = value_field(&answer->value, "items");
  if (!code && !value_count(items))
    code = cli_fail(cli, CLI_FAILED,
                    "no such patient among those you see: check the number, or look in "
                    "the hospital's system");
  buf_deinit(&path);
  return code;
}

// The id of the one patient that --mrn or --phone finds.
static int find_one(const struct cli *cli, char **id) {
  struct cli_answer answer = {0};
  struct value items;
  int code = find(cli, &answer, &items);
  struct value first = value_at(&items, 0), key = value_field(&first, "id");
  if (!code && value_count(&items) > 1)
    code = cli_fail(cli, CLI_FAILED,
                    "%u patients have this number: choose one by its ID from afterward "
                    "patient",
                    (unsigned)value_count(&items));
  if (!code) *id = value_copy_text(&key);
  if (!code && !*id)
    code = cli_fail(cli, CLI_FAILED,
                    "the answer names no patient: is --server an "
                    "Afterward?");
  cli_answer_deinit(&answer);
  return code;
}

static bool searched(const struct cli *cli) {
  return cli_option(cli, "mrn") || cli_option(cli, "phone");
}

int cli_patient_id(const struct cli *cli, char **id) {
  *id = NULL;
  if (cli->word_count && !searched(cli)) {
    *id = mem_copy_text(cli->words[0]);
    return CLI_OK;
  }
  if (cli->word_count || !searched(cli))
    return cli_fail(cli, CLI_USAGE,
                    "say which patient: ID, or --mrn NUMBER, or --phone NUMBER");
  return find_one(cli, id);
}

#define PATIENT                                                                  \
  "Patient {id}[, {sex}][, born {birth_month}][, died {died_at}][, merged into " \
  "{merged_into}]."

static int show_found(const struct cli *cli) {
  struct cli_answer answer = {0};
  struct value items, item;
  int code = find(cli, &answer, &items);
  struct value_iter iter = value_iterate(&items);
  if (!code && cli->json) {
    printf("%s\n", buf_text(&answer.text));
  } else if (!code) {
    for (bool more = false; value_next(&iter, NULL, &item); more = true) {
      if (more) putchar('\n');
      cli_say(&item, PATIENT);
      putchar('\n');
      cli_show(&item);
    }
  }
  cli_answer_deinit(&answer);
  return code;
}

static int look_up(struct cli *cli) {
  struct buf path = {0};
  char *id;
  if (searched(cli) && !cli->word_count) return show_found(cli);
  int code = cli_patient_id(cli, &id);
  if (!code) {
    cli_put_path(&path, "patients", id, NULL);
    code = cli_get(cli, buf_text(&path), PATIENT);
  }
  mem_free(id);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_patient = {
    .name = "patient",
    .words = "[ID]",
    .does = "look a patient up; it is kept who did",
    .example = "afterward patient --mrn 00123456\nafterward patient 9d8w",
    .most = 1,
    .options = (const struct cli_option[]){CLI_WHICH, {NULL}},
    .run = look_up};

static enum cli_style style(const struct value *item) {
  struct value what = cli_field(item, "what"), planned = cli_field(item, "planned");
  if (value_true(&planned)) return CLI_DIM;
  return value_is(&what, "alert") ? CLI_RED : CLI_PLAIN;
}

static int timeline(struct cli *cli) {
  static const struct cli_column columns[] = {{"WHEN", "at"},
                                              {"PLANNED", "planned"},
                                              {"WHAT", "what"},
                                              {"DEPARTMENT", "department"},
                                              {"DETAIL", "text"},
                                              {"ID", "id"},
                                              {NULL}};
  struct buf path = {0};
  char *id;
  int code = cli_patient_id(cli, &id);
  if (!code) {
    cli_put_path(&path, "patients", id, "timeline");
    code = cli_list(cli, buf_text(&path),
                    &(struct cli_list){columns, "happenings", style, .unfiltered = true});
  }
  mem_free(id);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_timeline = {
    .name = "timeline",
    .words = "[ID]",
    .does = "the whole story of a patient in order, the planned future included",
    .example = "afterward timeline 9d8w\nafterward timeline --mrn 00123456",
    .most = 1,
    .options = (const struct cli_option[]){CLI_WHICH, {NULL}},
    .run = timeline};

static int print_card(struct cli *cli) {
  struct buf path = {0};
  char *id;
  int code = cli_patient_id(cli, &id);
  if (!code) {
    cli_put_path(&path, "patients", id, "card");
    cli_put_query(&path, "lang", cli_option(cli, "lang"));
    code = cli_save(cli, buf_text(&path));
  }
  mem_free(id);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_card = {
    .name = "card",
    .words = "[ID]",
    .does = "a discharge card to print: an A6 page as HTML, with QR code and short code",
    .more = "The code opens, with the birth date, whatever the patient is asked then.",
    .example = "afterward card 9d8w --output card.html\nafterward card --mrn 00123456",
    .most = 1,
    .options =
        (const struct cli_option[]){
            CLI_WHICH,
            {"output", "FILE", "write it here, else to standard output"},
            {"lang", "zh|en", "else the patient's language"},
            {NULL}},
    .run = print_card};

static int opt_out(struct cli *cli) {
  struct buf path = {0};
  struct merge fields = {0};
  char *id;
  int code = cli_patient_id(cli, &id);
  if (!code) {
    cli_put_path(&path, "patients", id, cli_switch(cli, "undo") ? "opt-in" : "opt-out");
    cli_merge_option(cli, &fields, "person", "person");
    cli_merge_option(cli, &fields, "department", "department");
    code = cli_post(cli, buf_text(&path), &fields,
                    cli_switch(cli, "undo") ? "Messages may go there again."
                                            : "No message goes there any more.");
  }
  mem_free(id);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_opt_out = {
    .name = "opt-out",
    .words = "[ID]",
    .does = "stop messages to a patient, or to one of the contacts for that patient",
    .example =
        "afterward opt-out 9d8w\nafterward opt-out 9d8w --person 2x7b --department "
        "ortho\n"
        "afterward opt-out 9d8w --undo",
    .most = 1,
    .options =
        (const struct cli_option[]){
            CLI_WHICH,
            {"person", "ID", "this contact alone; ids are in afterward patient"},
            {"department", "ID", "messages of this one alone; else of all"},
            {"undo", NULL, "they want messages again"},
            {NULL}},
    .run = opt_out};
