// afterward clock: what a person says of the time after a jump.
#include "cli/commands.h"
#include "cli/deed.h"

static int confirm(struct cli *cli) {
  struct merge fields = {0};
  return cli_post(cli, "/api/v1/clock/confirm", &fields,
                  "The time is right: messages that waited for it go.");
}

const struct cli_command cli_clock = {
    .name = "clock",
    .words = "confirm",
    .does = "the time is right: messages to patients that wait since a jump may go",
    .example = "afterward clock confirm",
    .verbs = (const char *const[]){"confirm", NULL},
    .least = 1,
    .most = 1,
    .run = confirm};
