// Something done through the API: a POST with the options' fields, and what came of it.
#pragma once

#include "care/mapping.h"
#include "cli.h"

// Appends "/api/v1/<noun>/<id>", and "/<verb>" unless verb is NULL, the id escaped.
void cli_put_path(struct buf *path, const char *noun, const char *id, const char *verb);
// Posts the fields (which this frees) and prints the answer: as it comes with --json,
// else one line to a field. Gives an exit code.
int cli_post(const struct cli *cli, const char *path, struct merge *fields);
// The same for GET.
int cli_get(const struct cli *cli, const char *path);
// And for "/api/v1/<noun>/<id>".
int cli_get_one(const struct cli *cli, const char *noun, const char *id);
// The option's value as a text field; nothing when it was not given.
void cli_merge_option(const struct cli *cli, struct merge *fields, const char *option,
                      const char *field);
