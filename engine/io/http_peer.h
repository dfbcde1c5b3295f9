// Who really sent a request: the socket's address, or what a trusted proxy says.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "io/http_header.h"

enum { HTTP_PEER_SIZE = 46, HTTP_NETS_MAX = 64 };

struct http_nets {
  struct {
    unsigned char address[16];  // IPv4 as ::ffff:a.b.c.d
    int bits;                   // how many of the 128 count
  } net[HTTP_NETS_MAX];
  size_t count;
};

// "127.0.0.1, 10.0.0.0/8, ::1": addresses and networks, with commas or spaces; NULL is
// none.
int http_nets_parse(struct http_nets *nets, const char *text, struct status *status);
bool http_nets_hold(const struct http_nets *nets, const char *address);

// The nearest address that is not a trusted proxy, from the socket's and X-Forwarded-For.
// peer holds HTTP_PEER_SIZE bytes; IPv4 in IPv6 is written as IPv4.
void http_peer_find(char *peer, const char *socket_address,
                    const struct http_header *headers, size_t count,
                    const struct http_nets *trusted);
