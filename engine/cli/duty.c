// afterward duty: who holds a duty post.
#include "cli/commands.h"
#include "cli/deed.h"

static int set(struct cli *cli) {
  struct merge fields = {0};
  merge_text(&fields, "role", cli->words[1]);
  merge_text(&fields, "staff", cli->words[2]);
  cli_merge_option(cli, &fields, "since", "since");
  cli_merge_option(cli, &fields, "until", "until");
  return cli_post(cli, "/api/v1/duty", &fields,
                  "The post is taken; its open alerts page at once.");
}

const struct cli_command cli_duty = {
    .name = "duty",
    .words = "set ROLE STAFF",
    .does = "give a duty post to somebody; open alerts of the post page them at once",
    .example = "afterward duty set surgeon-on-call wang.li --until \"2026-03-02 08:00\"",
    .verbs = (const char *const[]){"set", NULL},
    .least = 3,
    .most = 3,
    .options =
        (const struct cli_option[]){
            {"since", "WHEN", "from when; else now"},
            {"until", "WHEN", "12h, 2026-03-02 08:00; else until somebody else comes"},
            {NULL}},
    .run = set};
