#include "cli/hl7_send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "cli/text.h"
#include "io/tcp.h"

enum { WAIT_MS = 30000, STEP_MS = 100 };

struct sending {
  struct buf in;  // what came
  bool connected, gone;
  char why[128];
};

static void on_connected(void *self) { ((struct sending *)self)->connected = true; }

static void on_received(void *self, const char *bytes, size_t count) {
  buf_put(&((struct sending *)self)->in, bytes, count);
}

static void on_closed(void *self, const char *why) {
  struct sending *sending = self;
  sending->gone = true;
  snprintf(sending->why, sizeof sending->why, "%s",
           why ? why : "it closed the connection");
}

static bool begins(const struct buf *text, size_t at) {
  return text->len - at > 3 && !memcmp(text->data + at, "MSH", 3) &&
         (!at || text->data[at - 1] == '\r' || text->data[at - 1] == '\n');
}

// From at to where the next message begins, segments ended by CR, framed.
static size_t put_message(const struct buf *text, size_t at, struct buf *out) {
  bool cr = memchr(text->data, '\r', text->len) != NULL;
  size_t from = at;
  buf_putc(out, 0x0B);
  for (; at < text->len && (at == from || !begins(text, at)); at++) {
    char byte = text->data[at];
    if (byte == 0x0B || byte == 0x1C) continue;
    if (byte != '\n')
      buf_putc(out, byte);
    else if (!cr)
      buf_putc(out, '\r');
  }
  while (out->len > 1 && out->data[out->len - 1] == '\r') out->len--;
  buf_puts(out, "\r\x1C\r");
  return at;
}

// Prints what stands before the frame's end and takes it; false while it is not there.
static bool take_answer(struct sending *sending, bool *good) {
  char *end = sending->in.len ? memchr(sending->in.data, 0x1C, sending->in.len) : NULL;
  struct buf plain = {0}, clean = {0};
  if (!end) return false;
  size_t len = (size_t)(end - sending->in.data);
  charset_put_utf8(&plain, sending->in.data, len);
  for (size_t i = 0; i < plain.len; i++)
    if (plain.data[i] == '\r' || plain.data[i] == 0x0B) plain.data[i] = '\n';
  const char *code = strstr(buf_text(&plain), "\nMSA");
  *good = code && code[4] && code[6] == 'A' && (code[5] == 'A' || code[5] == 'C');
  char *left;
  for (char *line = strtok_r(plain.data, "\n", &left); line;
       line = strtok_r(NULL, "\n", &left)) {
    buf_clear(&clean);
    cli_put_clean(&clean, line, strlen(line));
    printf("%s\n", buf_text(&clean));
  }
  buf_consume(&sending->in, len + 1);
  buf_deinit(&plain);
  buf_deinit(&clean);
  return true;
}

static int wait_for(const struct cli *cli, struct loop *loop, struct sending *sending,
                    const char *to, bool *good) {
  for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
    if (good ? take_answer(sending, good) : sending->connected) return CLI_OK;
    if (sending->gone) return cli_fail(cli, CLI_FAILED, "%s: %s", to, sending->why);
    loop_step(loop, STEP_MS);
  }
  return cli_fail(cli, CLI_FAILED, "%s: no answer in %d seconds", to, WAIT_MS / 1000);
}

static int send_all(const struct cli *cli, struct loop *loop, struct tcp_stream *stream,
                    struct sending *sending, const char *to, const struct buf *text) {
  size_t at = 0;
  int bad = 0, code = wait_for(cli, loop, sending, to, NULL);
  while (at < text->len && !begins(text, at)) at++;
  if (!code && at == text->len)
    return cli_fail(cli, CLI_FAILED,
                    "there is no message in it: no line begins with MSH");
  while (!code && at < text->len) {
    struct buf frame = {0};
    bool good = false;
    at = put_message(text, at, &frame);
    tcp_write(stream, frame.data, frame.len);
    code = wait_for(cli, loop, sending, to, &good);
    bad += !good;
    buf_deinit(&frame);
  }
  return code ? code : bad ? CLI_FAILED : CLI_OK;
}

int hl7_send(const struct cli *cli, const char *to, const struct buf *text) {
  static const struct tcp_stream_calls calls = {on_connected, on_received, on_closed};
  const char *colon = strrchr(to, ':');
  char host[64];
  long port = colon ? strtol(colon + 1, NULL, 10) : 0;
  if (port < 1 || port > 65535 || (size_t)(colon - to) >= sizeof host)
    return cli_fail(cli, CLI_USAGE,
                    "--to must be an address and a port, such as "
                    "127.0.0.1:2575");
  snprintf(host, sizeof host, "%.*s", (int)(colon - to), to);
  struct loop *loop = loop_new();
  struct sending sending = {0};
  struct tcp_stream *stream = tcp_call(loop, host, (int)port, &calls, &sending);
  int code = send_all(cli, loop, stream, &sending, to, text);
  if (!sending.gone) tcp_free(stream);
  loop_free(loop);
  buf_deinit(&sending.in);
  return code;
}
