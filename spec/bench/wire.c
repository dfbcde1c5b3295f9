#define _GNU_SOURCE
#include "wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, PATIENCE_MS = 1000 };

static bool is_name(const char *line, size_t len, const char *name) {
  size_t size = strlen(name);
  return len > size && line[size] == ':' && !strncasecmp(line, name, size);
}

// -1: no number of a body that fits.
static long read_length(const char *text, size_t len) {
  long value = 0;
  size_t at = 0, digits = 0;
  while (at < len && text[at] == ' ') at++;
  for (; at < len && text[at] >= '0' && text[at] <= '9' && digits < 6; at++, digits++)
    value = value * 10 + text[at] - '0';
  return digits && at == len && value <= WIRE_MOST ? value : -1;
}

// False when a header makes the length of the body a guess.
static bool read_header(const char *line, size_t len, struct wire *out) {
  static const char length[] = "Content-Length", closing[] = "Connection: close";
  if (is_name(line, len, "Transfer-Encoding")) return false;
  if (len == sizeof closing - 1 && !strncasecmp(line, closing, len)) out->close = true;
  if (!is_name(line, len, length)) return true;
  long value = read_length(line + sizeof length, len - sizeof length);
  out->body_len = value < 0 ? 0 : (size_t)value;
  return value >= 0;
}

long wire_read(const char *data, size_t len, struct wire *out) {
  const char *end = memmem(data, len, "\r\n\r\n", 4);
  *out = (struct wire){.line = data};
  if (!end) return len < WIRE_MOST ? 0 : -1;
  const char *at = memmem(data, (size_t)(end - data) + 2, "\r\n", 2);
  out->line_len = (size_t)(at - data);
  while (at < end) {
    const char *line = at + 2;
    at = memmem(line, (size_t)(end - line) + 2, "\r\n", 2);
    if (!read_header(line, (size_t)(at - line), out)) return -1;
  }
  out->body = end + 4;
  size_t whole = (size_t)(out->body - data) + out->body_len;
  if (whole > WIRE_MOST) return -1;
  return whole <= len ? (long)whole : 0;
}

static int make_socket(void) {
  int one = 1, made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made >= 0) setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return made;
}

static struct sockaddr_in here(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int wire_listen(int *port) {
  struct sockaddr_in address = here(*port);
  socklen_t size = sizeof address;
  int made = make_socket(), one = 1;
  if (made < 0) return -1;
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(made, (struct sockaddr *)&address, size) || listen(made, BACKLOG) ||
      getsockname(made, (struct sockaddr *)&address, &size)) {
    close(made);
    return -1;
  }
  *port = ntohs(address.sin_port);
  return made;
}

int wire_connect(int port) {
  struct sockaddr_in address = here(port);
  int made = make_socket();
  if (made < 0) return -1;
  fcntl(made, F_SETFL, 0);  // on the loopback connecting does not wait
  if (connect(made, (struct sockaddr *)&address, sizeof address)) {
    close(made);
    return -1;
  }
  fcntl(made, F_SETFL, O_NONBLOCK);
  return made;
}

bool wire_write(int socket, const char *data, size_t len) {
  while (len) {
    ssize_t count = send(socket, data, len, MSG_NOSIGNAL);
    struct pollfd room = {.fd = socket, .events = POLLOUT};
    if (count < 0 && poll(&room, 1, PATIENCE_MS) <= 0) return false;
    if (count < 0) continue;
    data += count;
    len -= (size_t)count;
  }
  return true;
}
