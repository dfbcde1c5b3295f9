#include "cli/deed.h"

#include <stdio.h>

#include "cli/client.h"
#include "cli/show.h"

void cli_put_path(struct buf *path, const char *noun, const char *id, const char *verb) {
  buf_printf(path, "/api/v1/%s/", noun);
  cli_put_escaped(path, id);
  if (verb) buf_printf(path, "/%s", verb);
}

void cli_merge_option(const struct cli *cli, struct merge *fields, const char *option,
                      const char *field) {
  merge_text(fields, field, cli_option(cli, option));
}

int cli_ask_tell(const struct cli *cli, const char *method, const char *path,
                 const struct buf *body, cli_tell *tell) {
  struct cli_answer answer = {0};
  int code = cli_ask(cli, method, path, body, &answer);
  if (!code && cli->json)
    printf("%s\n", buf_text(&answer.text));
  else if (!code)
    tell(cli, &answer.value);
  cli_answer_deinit(&answer);
  return code;
}

// What only says that it is done has nothing more to show.
static void tell_fields(const struct value *answer, const char *sentence) {
  struct value done = value_field(answer, "done");
  cli_say(answer, sentence);
  if (done.kind == VALUE_BOOL) return;
  printf("\n");
  cli_show(answer);
}

static int ask_and_show(const struct cli *cli, const char *method, const char *path,
                        const struct buf *body, const char *sentence) {
  struct cli_answer answer = {0};
  int code = cli_ask(cli, method, path, body, &answer);
  if (!code && cli->json)
    printf("%s\n", buf_text(&answer.text));
  else if (!code)
    tell_fields(&answer.value, sentence);
  cli_answer_deinit(&answer);
  return code;
}

int cli_post(const struct cli *cli, const char *path, struct merge *fields,
             const char *sentence) {
  struct buf body = {0};
  merge_end(fields, &body);
  int code = ask_and_show(cli, "POST", path, &body, sentence);
  buf_deinit(&body);
  return code;
}

int cli_post_tell(const struct cli *cli, const char *path, struct merge *fields,
                  cli_tell *tell) {
  struct buf body = {0};
  merge_end(fields, &body);
  int code = cli_ask_tell(cli, "POST", path, &body, tell);
  buf_deinit(&body);
  return code;
}

int cli_get(const struct cli *cli, const char *path, const char *sentence) {
  return ask_and_show(cli, "GET", path, NULL, sentence);
}

int cli_get_one(const struct cli *cli, const char *noun, const char *id,
                const char *sentence) {
  struct buf path = {0};
  cli_put_path(&path, noun, id, NULL);
  int code = cli_get(cli, buf_text(&path), sentence);
  buf_deinit(&path);
  return code;
}
