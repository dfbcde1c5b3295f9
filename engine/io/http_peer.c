#include "io/http_peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const unsigned char v4_prefix[12] = {[10] = 0xff, [11] = 0xff};

static bool address_read(unsigned char address[16], const char *text, bool *v4) {
  *v4 = inet_pton(AF_INET, text, address + 12) == 1;
  if (*v4) {
    memcpy(address, v4_prefix, sizeof v4_prefix);
    return true;
  }
  return inet_pton(AF_INET6, text, address) == 1;
}

static bool address_write(char *peer, const char *text) {
  unsigned char address[16];
  bool v4;
  if (!address_read(address, text, &v4)) return false;
  v4 = v4 || memcmp(address, v4_prefix, sizeof v4_prefix) == 0;
  return inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? address + 12 : address, peer,
                   HTTP_PEER_SIZE) != NULL;
}

static bool net_read(struct http_nets *nets, char *text) {
  if (nets->count == HTTP_NETS_MAX) return false;
  char *slash = strchr(text, '/'), *end = NULL;
  if (slash) *slash++ = 0;
  bool v4;
  if (!address_read(nets->net[nets->count].address, text, &v4)) return false;
  long most = v4 ? 32 : 128, bits = most;
  if (slash) {
    bits = strtol(slash, &end, 10);
    if (end == slash || *end || bits < 0 || bits > most) return false;
  }
  nets->net[nets->count++].bits = (int)bits + (v4 ? 96 : 0);
  return true;
}

int http_nets_parse(struct http_nets *nets, const char *text, struct status *status) {
  nets->count = 0;
  while (text && *(text += strspn(text, ", \t"))) {
    char word[HTTP_PEER_SIZE + 8];
    size_t len = strcspn(text, ", \t");
    int shown = len < 60 ? (int)len : 60;
    snprintf(word, sizeof word, "%.*s", shown, text);
    if (len >= sizeof word || !net_read(nets, word))
      return status_fail(status, ERR_INVALID,
                         "trusted proxies: '%.*s' is no address or network (at most %d); "
                         "write them like 10.0.0.0/8",
                         shown, text, HTTP_NETS_MAX);
    text += len;
  }
  return OK;
}

static bool bits_equal(const unsigned char *a, const unsigned char *b, int bits) {
  int bytes = bits / 8, rest = bits % 8;
  if (memcmp(a, b, (size_t)bytes) != 0) return false;
  return !rest || (a[bytes] ^ b[bytes]) >> (8 - rest) == 0;
}

bool http_nets_hold(const struct http_nets *nets, const char *text) {
  unsigned char address[16];
  bool v4;
  if (!address_read(address, text, &v4)) return false;
  for (size_t i = 0; i < nets->count; i++)
    if (bits_equal(nets->net[i].address, address, nets->net[i].bits)) return true;
  return false;
}

// Takes the last entry off a list; false when it is empty or no address.
static bool entry_take(const char *list, size_t *len, char *peer) {
  while (*len && strchr(", \t", list[*len - 1])) --*len;
  size_t from = *len;
  while (from && list[from - 1] != ',') from--;
  const char *at = list + from + strspn(list + from, " \t");
  size_t size = (size_t)(list + *len - at);
  char word[HTTP_PEER_SIZE];
  if (!size || size >= sizeof word) return false;
  memcpy(word, at, size);
  word[size] = 0;
  *len = from;
  return address_write(peer, word);
}

// Walks back while those who speak are trusted: what stands further left anybody can
// write.
void http_peer_find(char *peer, const char *socket_address,
                    const struct http_header *headers, size_t count,
                    const struct http_nets *trusted) {
  if (!address_write(peer, socket_address)) snprintf(peer, HTTP_PEER_SIZE, "unknown");
  for (size_t i = count; i-- > 0;) {
    if (strcasecmp(headers[i].name, "X-Forwarded-For") != 0) continue;
    size_t len = strlen(headers[i].value);
    while (strspn(headers[i].value, ", \t") < len)
      if (!http_nets_hold(trusted, peer) || !entry_take(headers[i].value, &len, peer))
        return;
  }
}
