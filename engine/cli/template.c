// afterward template preview: what a template would say.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"
#include "cli/show.h"

static void print_approved(const struct value *approved) {
  struct value params = value_field(approved, "params");
  cli_say(approved, "Sent as the provider's {id}, with:");
  cli_show(&params);
}

static void tell(const struct cli *cli, const struct value *preview) {
  struct value approved = value_field(preview, "approved"),
               discreet = value_field(preview, "discreet"),
               text = value_field(preview, "text"), brand = value_field(preview, "brand");
  (void)cli;
  cli_say(preview, text.kind == VALUE_TEXT
                       ? "{text}"
                       : "It would go to nobody: nothing stands for {missing}.");
  cli_say(preview,
          "{sms.parts} short message(s): {sms.units} {sms.alphabet} units, "
          "{sms.units_a_part} a part, signature and foot included[; the channel takes "
          "{max_length} characters].");
  if (value_true(&discreet))
    puts(
        "These are the discreet words: it names a diagnosis, and this reader may not "
        "know.");
  if (brand.kind == VALUE_MAP) cli_say(preview, "In the brand of {brand.name}.");
  if (approved.kind == VALUE_MAP) print_approved(&approved);
  struct value warning = value_field(preview, "warning");
  if (warning.kind == VALUE_TEXT) cli_say(preview, "Warning: {warning}.");
}

static int put_fields(const struct cli *cli, struct buf *path) {
  const char *pair;
  for (int at = 0; (pair = cli_next_option(cli, "field", &at));) {
    const char *equals = strchr(pair, '=');
    struct buf name = {0};
    if (!equals || equals == pair)
      return cli_fail(cli, CLI_USAGE, "--field %s: write name=value", pair);
    buf_printf(&name, "field.%.*s", (int)(equals - pair), pair);
    cli_put_query(path, name.data, equals + 1);
    buf_deinit(&name);
  }
  return CLI_OK;
}

static int preview(struct cli *cli) {
  static const char *const filters[] = {"department", "patient", "channel", "lang",
                                        "program"};
  struct buf path = {0};
  cli_put_path(&path, "templates", cli->words[1], "preview");
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
    cli_put_query(&path, filters[i], cli_option(cli, filters[i]));
  int code = put_fields(cli, &path);
  if (!code) code = cli_ask_tell(cli, "GET", buf_text(&path), NULL, tell);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_template = {
    .name = "template",
    .words = "preview ID",
    .does = "what a template would say: its words, how long it is, what a provider gets",
    .more =
        "Without --patient it is told to 王小明, who is made up and knows no diagnosis.\n"
        "With one, as that patient may read it; that you looked is kept. Nothing is "
        "sent.\n"
        "A field that is not given shows its name.",
    .example =
        "afterward template preview visit-note\n"
        "afterward template preview visit-note --channel sms --lang en --field doctor=Li",
    .verbs = (const char *const[]){"preview", NULL},
    .options =
        (const struct cli_option[]){
            {"department", "NAME", "whose, where several have it"},
            {"patient", "ID", "to this one"},
            {"channel", "NAME", "by this one: its own words, its provider's number"},
            {"lang", "zh|en", "else the patient's"},
            {"program", "ID", "in its brand, where the department has several"},
            {"field", "NAME=VALUE", "what a script would give; once a field"},
            {NULL}},
    .least = 2,
    .most = 2,
    .run = preview};
