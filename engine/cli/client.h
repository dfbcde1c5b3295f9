// Asking the daemon: one request at a time over HTTP, waited for, failures said on
// stderr.
#pragma once

#include "base/buf.h"
#include "base/value.h"
#include "cli/cli.h"

struct cli_answer {
  struct buf text;     // the body as it came; owned
  struct buf encoded;  // the same as a canonical value; owned
  struct value value;  // a view of encoded; nil when the body is not JSON
};

// Asks path ("/api/v1/tasks?…") of the daemon that the options name. body is an encoded
// value or NULL. Waits for the answer, telling on stderr when that takes over two
// seconds. Gives an exit code: CLI_OK with the answer, else the reason is on stderr. The
// caller gives answer zeroed and always calls cli_answer_deinit.
int cli_ask(const struct cli *cli, const char *method, const char *path,
            const struct buf *body, struct cli_answer *answer);
// The same with a file's bytes as the whole body of a POST.
int cli_give(const struct cli *cli, const char *path, const struct buf *bytes,
             struct cli_answer *answer);
void cli_answer_deinit(struct cli_answer *answer);

// Where the daemon is, and as whom it is asked; for commands that talk to it themselves.
// server has no slash at its end; token is "" when none was found. The caller frees both.
// Gives an exit code.
int cli_server(const struct cli *cli, char **server);
int cli_token(const struct cli *cli, char **token);
// Appends where that token was found: "AFTERWARD_TOKEN"; nothing when it is "".
void cli_put_token_place(const struct cli *cli, struct buf *out);

// Appends one segment of a path or one part of a query, percent-encoded.
void cli_put_escaped(struct buf *path, const char *text);
// Appends "?key=value", or "&key=value" after the first; nothing when value is NULL.
void cli_put_query(struct buf *path, const char *key, const char *value);
