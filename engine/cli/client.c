#include "cli/client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "cli/text.h"
#include "io/http_answer.h"
#include "io/http_client.h"

enum { PATIENCE_MS = 2000, TICK_MS = 1000, TOTAL_MS = 120000, MAX_BODY = 64 << 20 };

struct asking {  // one request on its way
  const struct cli *cli;
  const char *server;
  struct loop *loop;
  struct loop_timer *timer;
  int seconds;  // waited, as far as told
  bool deed;    // asked to do something, not only to tell
  struct cli_answer *answer;
  int code;
};

void cli_answer_deinit(struct cli_answer *answer) {
  buf_deinit(&answer->text);
  buf_deinit(&answer->encoded);
  answer->value = (struct value){0};
}

void cli_put_escaped(struct buf *path, const char *text) {
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                 (byte >= '0' && byte <= '9') || strchr("-._~", byte);
    if (plain)
      buf_putc(path, *text);
    else
      buf_printf(path, "%%%02X", byte);
  }
}

void cli_put_query(struct buf *path, const char *key, const char *value) {
  if (!value) return;
  buf_printf(path, "%c%s=", strchr(buf_text(path), '?') ? '&' : '?', key);
  cli_put_escaped(path, value);
}

static void wait_longer(void *ctx) {
  struct asking *asking = ctx;
  bool terminal = isatty(STDERR_FILENO);
  asking->seconds += asking->seconds ? 1 : PATIENCE_MS / 1000;
  fprintf(stderr, "%swaiting for %s, %d s …%s", terminal ? "\r" : "", asking->server,
          asking->seconds, terminal ? "" : "\n");
  if (terminal) loop_timer_arm(asking->timer, TICK_MS);
}

static void put_who(const struct cli *cli, struct buf *out) {
  struct buf place = {0};
  cli_put_token_place(cli, &place);
  if (place.len)
    buf_printf(out, "\nIt was taken from %s; another one goes", place.data);
  else
    buf_puts(out, "\nSay who you are: a token goes");
  buf_puts(out,
           " into --token-file FILE, AFTERWARD_TOKEN, or a file "
           "~/.config/afterward/token.");
  buf_deinit(&place);
}

static const char *remedy(int status) {
  switch (status) {
    case 403: return "\nAsk IT operations for a token that may do this.";
    case 412: return "\nSomebody may have been faster: look again.";
    case 429: return "\nWait a minute and try again.";
    default:
      return status >= 500 ? "\nSee the daemon's log: journalctl -u afterward" : "";
  }
}

// As it came, or what stands for it when something else than the daemon answered.
static void put_problem(const struct asking *asking, int status, const char *sentence,
                        struct buf *out) {
  const struct value *answer = &asking->answer->value;
  struct value title = value_field(answer, "title");
  if (title.kind != VALUE_TEXT) {
    http_problem_put(out, status, sentence);
    return;
  }
  value_to_json(out, answer);
  buf_putc(out, '\n');
}

// The sentence of an RFC 9457 problem, else the status alone.
static int fail_refused(const struct asking *asking, int status) {
  static const char *const names[] = {"detail", "title", "reasons"};
  struct buf sentence = {0}, problem = {0};
  for (size_t i = 0; i < 3 && !sentence.len; i++) {
    struct value text = value_field(&asking->answer->value, names[i]);
    if (text.kind == VALUE_TEXT) cli_put_clean(&sentence, text.text.data, text.text.len);
  }
  while (sentence.len && strchr("; ", sentence.data[sentence.len - 1])) sentence.len--;
  buf_puts(&sentence, "");
  if (!sentence.len)
    buf_printf(&sentence, "%s answers with status %d", asking->server, status);
  put_problem(asking, status, buf_text(&sentence), &problem);
  buf_puts(&sentence, remedy(status));
  if (status == 401) put_who(asking->cli, &sentence);
  // A value that was given is wrong: the line it stands on is.
  int code =
      cli_fail_as(asking->cli, status == 400 || status == 422 ? CLI_USAGE : CLI_FAILED,
                  buf_text(&problem), "%s", buf_text(&sentence));
  buf_deinit(&problem);
  buf_deinit(&sentence);
  return code;
}

static int fail_silent(const struct asking *asking, const struct http_result *result) {
  if (result->outcome == HTTP_AMBIGUOUS)
    return cli_fail(
        asking->cli, CLI_UNREACHABLE, "the daemon at %s gave no whole answer (%s)%s",
        asking->server, result->error,
        asking->deed ? "; it may have done what was asked: look before asking again"
                     : "");
  return cli_fail(asking->cli, CLI_UNREACHABLE,
                  "the daemon at %s doesn't answer (%s): is it running? "
                  "systemctl status afterward",
                  asking->server, result->error);
}

static void answered(void *ctx, const struct http_result *result) {
  struct asking *asking = ctx;
  struct cli_answer *answer = asking->answer;
  struct status status = {0};
  loop_stop(asking->loop);
  if (asking->seconds && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
  if (result->outcome != HTTP_ANSWERED) {
    asking->code = fail_silent(asking, result);
    return;
  }
  buf_put(&answer->text, result->body, result->body_len);
  if (value_from_json(&answer->encoded, result->body, result->body_len, &status) ||
      !value_read(answer->encoded.data, answer->encoded.len, &answer->value))
    answer->value = (struct value){0};
  if (result->status < 200 || result->status > 299)
    asking->code = fail_refused(asking, result->status);
}

// Runs the loop until the answer is here.
static void run(struct asking *asking, struct http_client *client,
                const struct http_call *call) {
  struct status status = {0};
  if (!http_client_send(client, call, answered, asking, &status)) {
    asking->code = cli_fail(asking->cli, CLI_USAGE, "%s", status.text);
    return;
  }
  asking->timer = loop_timer_new(asking->loop, wait_longer, asking);
  loop_timer_arm(asking->timer, PATIENCE_MS);
  loop_run(asking->loop);
  loop_timer_free(asking->timer);
}

static void send_call(struct asking *asking, const char *token, const char *method,
                      const char *path, const char *type, const struct buf *body) {
  struct buf url = {0}, bearer = {0};
  char key[17];
  buf_printf(&url, "%s%s", asking->server, path);
  buf_printf(&bearer, "Bearer %s", token);
  digest_random_id(key);
  struct http_header headers[4] = {{"Accept", "application/json"}};
  size_t count = 1;
  if (asking->deed) headers[count++] = (struct http_header){"Idempotency-Key", key};
  if (body->len) headers[count++] = (struct http_header){"Content-Type", type};
  if (*token) headers[count++] = (struct http_header){"Authorization", buf_text(&bearer)};
  struct http_client *client =
      http_client_new(asking->loop, &(struct http_client_config){0});
  run(asking, client,
      &(struct http_call){.method = method,
                          .url = buf_text(&url),
                          .headers = headers,
                          .header_count = count,
                          .body = body->data,
                          .body_len = body->len,
                          .total_ms = TOTAL_MS,
                          .max_body = MAX_BODY});
  http_client_free(client);
  buf_deinit(&url);
  buf_deinit(&bearer);
}

static int ask(const struct cli *cli, const char *method, const char *path,
               const char *type, const struct buf *body, struct cli_answer *answer) {
  char *server = NULL, *token = NULL;
  int code = cli_server(cli, &server);
  if (!code) code = cli_token(cli, &token);
  if (!code) {
    struct asking asking = {.cli = cli,
                            .server = server,
                            .loop = loop_new(),
                            .deed = strcmp(method, "GET") != 0,
                            .answer = answer};
    send_call(&asking, token, method, path, type, body);
    loop_free(asking.loop);
    code = asking.code;
  }
  mem_free(server);
  mem_free(token);
  return code;
}

int cli_ask(const struct cli *cli, const char *method, const char *path,
            const struct buf *body, struct cli_answer *answer) {
  struct buf json = {0};
  struct value view;
  if (body && value_read(body->data, body->len, &view)) value_to_json(&json, &view);
  int code = ask(cli, method, path, "application/json", &json, answer);
  buf_deinit(&json);
  return code;
}

int cli_give(const struct cli *cli, const char *path, const struct buf *bytes,
             struct cli_answer *answer) {
  return ask(cli, "POST", path, "application/octet-stream", bytes, answer);
}
