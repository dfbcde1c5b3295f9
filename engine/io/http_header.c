#include "io/http_header.h"

#include <string.h>
#include <strings.h>

const char *http_header_find(const struct http_header *headers, size_t count,
                             const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcasecmp(headers[i].name, name) == 0) return headers[i].value;
  return NULL;
}

bool http_token_valid(const char *text) {
  static const char token[] =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return text[0] && text[strspn(text, token)] == 0;
}

bool http_header_valid(const struct http_header *header) {
  if (!http_token_valid(header->name)) return false;
  for (const unsigned char *at = (const unsigned char *)header->value; *at; at++)
    if ((*at < 0x20 && *at != '\t') || *at == 0x7f) return false;
  return true;
}
