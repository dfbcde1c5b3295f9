// afterward prove, consent, prefer, bind: whom and how a patient's people are reached.
#include <string.h>

#include "base/mem.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/file.h"
#include "cli/patient.h"

// Posts the fields to a patient's verb, which this frees.
static int post(const struct cli *cli, const char *verb, struct merge *fields,
                const char *sentence) {
  struct buf path = {0}, unused = {0};
  char *id;
  int code = cli_patient_id(cli, &id);
  if (!code) {
    cli_put_path(&path, "patients", id, verb);
    code = cli_post(cli, buf_text(&path), fields, sentence);
  } else {
    merge_end(fields, &unused);
  }
  mem_free(id);
  buf_deinit(&unused);
  buf_deinit(&path);
  return code;
}

static int prove(struct cli *cli) {
  struct merge fields = {0};
  const char *code = cli_option(cli, "code");
  bool rang = cli_switch(cli, "rang");
  if (!cli_option(cli, "number"))
    return cli_fail(cli, CLI_USAGE,
                    "say which number: --number ID; ids are in afterward patient");
  if (code && rang) return cli_fail(cli, CLI_USAGE, "one of --code and --rang, not both");
  cli_merge_option(cli, &fields, "number", "identity");
  cli_merge_option(cli, &fields, "code", "code");
  cli_merge_option(cli, &fields, "department", "department");
  if (rang) merge_text(&fields, "how", "ring");
  return code || rang ? post(cli, "prove", &fields, "Proved at {proved_at}.")
                      : post(cli, "send-code", &fields,
                             "A code is on its way (message {message}); it is good until "
                             "{expires_at}.");
}

const struct cli_command cli_prove = {
    .name = "prove",
    .words = "[ID]",
    .does = "prove a number before the patient leaves: by a code, or by ringing it",
    .more =
        "Without --code and --rang a code is sent to the number by text message. "
        "Whoever\n"
        "has the phone tells it to you, or types it on the page that the message names.",
    .example =
        "afterward prove 9d8w --number 2x7b\n"
        "afterward prove 9d8w --number 2x7b --code 123456\n"
        "afterward prove --mrn 00123456 --number 2x7b --rang",
    .most = 1,
    .options =
        (const struct cli_option[]){
            CLI_WHICH,
            {"number", "ID", "which number; ids are in afterward patient"},
            {"code", "DIGITS", "the code that was sent came back: the number is proved"},
            {"rang", NULL, "it rang at the bedside: the number is proved"},
            {"department", "NAME", "who sends the code; else where the patient lies"},
            {NULL}},
    .run = prove};

static int consent(struct cli *cli) {
  struct merge fields = {0};
  bool given = cli_switch(cli, "given"), refused = cli_switch(cli, "refused");
  if (given == refused)
    return cli_fail(cli, CLI_USAGE, "say which: --given, or --refused");
  cli_merge_option(cli, &fields, "person", "person");
  cli_merge_option(cli, &fields, "class", "class");
  cli_merge_option(cli, &fields, "channel", "channel");
  cli_merge_option(cli, &fields, "how", "how");
  merge_value(&fields, "given", &(struct value){.kind = VALUE_BOOL, .boolean = given});
  return post(cli, "consent", &fields,
              given ? "It is kept that they consent." : "It is kept that they refuse.");
}

const struct cli_command cli_consent = {
    .name = "consent",
    .words = "[ID]",
    .does = "keep what a patient, or a contact for that patient, consents to or refuses",
    .more =
        "Marketing goes only to who consented to it; all else to who did not refuse.\n"
        "A refusal of a channel leaves the others.",
    .example =
        "afterward consent 9d8w --class marketing --given --how signed\n"
        "afterward consent 9d8w --person 2x7b --channel sms --refused --how spoken",
    .most = 1,
    .options =
        (const struct cli_option[]){
            CLI_WHICH,
            {"person", "ID",
             "this contact; else the patient. Ids are in afterward patient"},
            {"class", "WORD",
             "general questionnaire medicine visit education safety marketing; else all"},
            {"channel", "WORD", "wechat sms phone email app …; else all"},
            {"given", NULL, "they consent"},
            {"refused", NULL, "they refuse"},
            {"how", "WORD", "signed, spoken, phone or page"},
            {NULL}},
    .run = consent};

static void merge_channels(struct merge *fields, const char *words) {
  struct buf list = {0};
  uint32_t count = 0;
  size_t begun = value_begin_list(&list);
  for (const char *at = words; *at;) {
    size_t len = strcspn(at, ", ");
    if (len) {
      value_put_bytes(&list, at, len);
      count++;
    }
    at += len + (at[len] != 0);
  }
  value_end(&list, begun, count);
  merge_encoded(fields, "channels", &list);
  buf_deinit(&list);
}

static int prefer(struct cli *cli) {
  struct merge fields = {0};
  const char *words = cli_option(cli, "channels");
  bool none = cli_switch(cli, "none");
  if (!words == !none)
    return cli_fail(cli, CLI_USAGE, "say which: --channels sms,phone, or --none");
  cli_merge_option(cli, &fields, "person", "person");
  merge_channels(&fields, none ? "" : words);
  return post(cli, "prefer", &fields,
              none ? "The department's order holds again." : "It is kept in that order.");
}

const struct cli_command cli_prefer = {
    .name = "prefer",
    .words = "[ID]",
    .does =
        "keep by which channel a patient, or a contact for that patient, wants to be "
        "told first",
    .more =
        "It orders what a script allows, and adds nothing. Without a wish, patients "
        "from\n"
        "the department's elder_age on are told by text or telephone first.",
    .example =
        "afterward prefer 9d8w --channels phone,sms\n"
        "afterward prefer 9d8w --person 2x7b --channels wechat\n"
        "afterward prefer 9d8w --none",
    .most = 1,
    .options =
        (const struct cli_option[]){
            CLI_WHICH,
            {"person", "ID",
             "this contact; else the patient. Ids are in afterward patient"},
            {"channels", "LIST", "wechat sms phone email app, the first one first"},
            {"none", NULL, "they have no wish any more"},
            {NULL}},
    .run = prefer};

static int bind_card(struct cli *cli) {
  struct buf path = {0};
  char *id;
  int code = cli_patient_id(cli, &id);
  if (!code) {
    cli_put_path(&path, "patients", id, "bind");
    cli_put_query(&path, "channel", cli_option(cli, "channel"));
    cli_put_query(&path, "lang", cli_option(cli, "lang"));
    code = cli_save(cli, buf_text(&path));
  }
  mem_free(id);
  buf_deinit(&path);
  return code;
}

static int bind(struct cli *cli) {
  struct merge fields = {0};
  if (!cli_switch(cli, "undo")) {
    if (cli_option(cli, "person"))
      return cli_fail(cli, CLI_USAGE, "--person goes with --undo");
    return bind_card(cli);
  }
  if (!cli_option(cli, "person"))
    return cli_fail(cli, CLI_USAGE,
                    "say whose: --person ID; ids are in afterward patient");
  cli_merge_option(cli, &fields, "person", "person");
  return post(cli, "unbind", &fields, "Accounts unbound: {ended}.");
}

const struct cli_command cli_bind = {
    .name = "bind",
    .words = "[ID]",
    .does = "a card for the bedside: who scans it in WeChat is bound to the patient",
    .more =
        "An A6 page as HTML. Whoever scans its code follows the account, gets a link, "
        "and\n"
        "types the last 4 of the stay number and the relation. --undo unbinds a contact\n"
        "for this patient alone.",
    .example =
        "afterward bind 9d8w --output bind.html\n"
        "afterward bind 9d8w --undo --person 2x7b",
    .most = 1,
    .options =
        (const struct cli_option[]){
            CLI_WHICH,
            {"output", "FILE", "write it here, else to standard output"},
            {"channel", "NAME", "the account's channel; else wechat"},
            {"lang", "zh|en", "else the patient's language"},
            {"undo", NULL, "unbind instead"},
            {"person", "ID", "whose account; ids are in afterward patient"},
            {NULL}},
    .run = bind};
