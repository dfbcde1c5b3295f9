// afterward attachment: one photo or recording; files in and out.
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/deed.h"

// For the owner's eyes alone, under another name until it is whole.
static int write_file(const struct cli *cli, const char *name, const struct buf *bytes) {
  struct buf part = {0};
  buf_printf(&part, "%s.part", name);
  int fd = open(part.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
  bool done = file && fwrite(buf_text(bytes), 1, bytes->len, file) == bytes->len;
  if (file && fclose(file)) done = false;
  if (done && rename(part.data, name)) done = false;
  int code = CLI_OK;
  if (!done) {
    code = cli_fail(cli, CLI_FAILED, "%s can't be written: %s", name, strerror(errno));
    unlink(part.data);
  }
  buf_deinit(&part);
  return code;
}

int cli_save(const struct cli *cli, const char *path) {
  struct cli_answer answer = {0};
  const char *name = cli_option(cli, "output");
  int code = cli_ask(cli, "GET", path, NULL, &answer);
  if (!code && name)
    code = write_file(cli, name, &answer.text);
  else if (!code &&
           fwrite(buf_text(&answer.text), 1, answer.text.len, stdout) != answer.text.len)
    code = cli_fail(cli, CLI_FAILED, "the output can't be written");
  cli_answer_deinit(&answer);
  return code;
}

int cli_load(const struct cli *cli, const char *path, struct buf *out) {
  char block[4096];
  size_t count;
  FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
  if (!file)
    return cli_fail(cli, CLI_FAILED, "%s can't be read: %s", path, strerror(errno));
  while ((count = fread(block, 1, sizeof block, file)) > 0) buf_put(out, block, count);
  if (file != stdin) fclose(file);
  return out->len ? CLI_OK : cli_fail(cli, CLI_FAILED, "%s is empty", path);
}

static int fetch(struct cli *cli) {
  struct buf path = {0};
  if (!cli_option(cli, "output") && isatty(STDOUT_FILENO))
    return cli_fail(cli, CLI_USAGE,
                    "a photo or recording is nothing for a terminal: --output FILE");
  cli_put_path(&path, "attachments", cli->words[0], NULL);
  int code = cli_save(cli, path.data);
  buf_deinit(&path);
  return code;
}

const struct cli_command cli_attachment = {
    .name = "attachment",
    .words = "ID",
    .does =
        "fetch a photo or recording that came with an answer or a case; it is kept who "
        "did",
    .more =
        "Ids stand in afterward timeline: \"photo wound, 312 KB, id …\", and in\n"
        "afterward case show.",
    .example = "afterward attachment 4f2p9k0m2qx8aw7d --output wound.jpg",
    .least = 1,
    .most = 1,
    .options =
        (const struct cli_option[]){
            {"output", "FILE", "write it here, else to standard output"}, {NULL}},
    .run = fetch};
