// Where the daemon is and as whom it is asked: options, environment, files.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/client.h"

enum { TOKEN_LIMIT = 4096 };

int cli_server(const struct cli *cli, char **server) {
  const char *url = cli_option(cli, "server");
  if (!url) url = getenv("AFTERWARD_SERVER");
  if (!url || !*url) url = "http://127.0.0.1:8080";
  if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
    return cli_fail(
        cli, CLI_USAGE,
        "the server \"%s\" is no address; write it like http://127.0.0.1:8080", url);
  size_t len = strlen(url);
  while (len && url[len - 1] == '/') len--;
  *server = mem_copy_bytes(url, len);
  return CLI_OK;
}

// The first line of a file; NULL when it can't be read.
static char *first_line(const char *file) {
  char line[TOKEN_LIMIT];
  FILE *from = fopen(file, "r");
  if (!from) return NULL;
  bool read = fgets(line, sizeof line, from) != NULL;
  fclose(from);
  if (!read) return NULL;
  line[strcspn(line, " \t\r\n")] = 0;
  return mem_copy_text(line);
}

static void put_home_path(struct buf *path) {
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  if (config && *config)
    buf_printf(path, "%s/afterward/token", config);
  else
    buf_printf(path, "%s/.config/afterward/token", home ? home : "");
}

static char *token_at_home(void) {
  struct buf path = {0};
  put_home_path(&path);
  char *token = first_line(buf_text(&path));
  buf_deinit(&path);
  return token ? token : mem_copy_text("");
}

void cli_put_token_place(const struct cli *cli, struct buf *out) {
  const char *file = cli_option(cli, "token-file"), *given = getenv("AFTERWARD_TOKEN");
  if (cli_option(cli, "token")) {
    buf_puts(out, "--token");
  } else if (file) {
    buf_printf(out, "--token-file %s", file);
  } else if (given && *given) {
    buf_puts(out, "AFTERWARD_TOKEN");
  } else {
    struct buf path = {0};
    put_home_path(&path);
    char *token = first_line(buf_text(&path));
    if (token && *token) buf_puts(out, buf_text(&path));
    mem_free(token);
    buf_deinit(&path);
  }
}

static bool printable(const char *text) {
  for (; *text; text++)
    if (*text <= ' ' || *text > '~') return false;
  return true;
}

int cli_token(const struct cli *cli, char **token) {
  const char *given = cli_option(cli, "token"), *file = cli_option(cli, "token-file");
  if (!given && file) {
    *token = first_line(file);
    if (!*token)
      return cli_fail(cli, CLI_FAILED, "no token could be read from %s: %s", file,
                      errno ? strerror(errno) : "it is empty");
  } else {
    if (!given) given = getenv("AFTERWARD_TOKEN");
    *token = given && *given ? mem_copy_text(given) : token_at_home();
  }
  if (printable(*token)) return CLI_OK;
  mem_free(*token);
  *token = NULL;
  return cli_fail(cli, CLI_USAGE,
                  "the token has characters that no token has; copy it again");
}
