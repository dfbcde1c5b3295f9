// afterward plugins: what runs beside the engine.
#include "cli/commands.h"
#include "cli/list.h"

static int list(struct cli *cli) {
  static const struct cli_column columns[] = {
      {"NAME", "name"},          {"KIND", "kind"},
      {"PLUGIN", "plugin"},      {"VERSION", "version"},
      {"STATE", "state"},        {"LISTENS", "listens"},
      {"STREAMS", "streams"},    {"TAKEN", "taken"},
      {"REFUSED", "refused"},    {"ASKED", "done_at"},
      {"UP TO", "watermark_at"}, {"ERROR", "error"},
      {"DOES", "does"},          {NULL}};
  return cli_list(cli, "/api/v1/plugins",
                  &(struct cli_list){columns, "plugins", NULL, .unfiltered = true});
}

const struct cli_command cli_plugins = {
    .name = "plugins",
    .words = "",
    .does = "which plugins run, as channels and as connectors",
    .more =
        "A connector brings events: where it listens, how many streams are open, how "
        "many\n"
        "events it brought and how many were refused since the daemon's start. "
        "Channels:\n"
        "see afterward channels. docs/connectors.md tells how to write either.",
    .example = "afterward plugins",
    .run = list};
