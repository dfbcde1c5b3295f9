// Something done through the API: a POST with the options' fields, and what came of it.
#pragma once

#include "care/mapping.h"
#include "cli/cli.h"

// Appends "/api/v1/<noun>/<id>", and "/<verb>" unless verb is NULL, the id escaped.
void cli_put_path(struct buf *path, const char *noun, const char *id, const char *verb);
// Tells an answer to people.
typedef void cli_tell(const struct cli *cli, const struct value *answer);

// Asks, and prints the answer: as it comes with --json, else by tell. Gives an exit code.
int cli_ask_tell(const struct cli *cli, const char *method, const char *path,
                 const struct buf *body, cli_tell *tell);
// Posts the fields (which this frees) and prints what came of it: the sentence, as
// cli_say has it, and then one line to a field; or as it comes with --json.
int cli_post(const struct cli *cli, const char *path, struct merge *fields,
             const char *sentence);
// Posts likewise, and tells.
int cli_post_tell(const struct cli *cli, const char *path, struct merge *fields,
                  cli_tell *tell);
// As cli_post, for GET; and for "/api/v1/<noun>/<id>".
int cli_get(const struct cli *cli, const char *path, const char *sentence);
int cli_get_one(const struct cli *cli, const char *noun, const char *id,
                const char *sentence);
// The option's value as a text field; nothing when it was not given.
void cli_merge_option(const struct cli *cli, struct merge *fields, const char *option,
                      const char *field);
