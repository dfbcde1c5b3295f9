// Signed links to patient pages: which question, who reads it, until when. Nobody else
// can make or read one; it is as good as a password until it expires.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { LINK_TOKEN_KEY = 32, LINK_TOKEN_SIZE = 48 };

struct link_token {
  int64_t question, person;  // person 0: not known who reads
  int64_t expires_at;        // ms, kept to the minute
};

// 40 characters of [A-Za-z0-9_-] and a NUL.
void link_token_make(const unsigned char key[LINK_TOKEN_KEY], int64_t question,
                     int64_t person, int64_t expires_at, char out[LINK_TOKEN_SIZE]);
// False when it was not made with this key. Whether it has expired is for the caller.
bool link_token_read(const unsigned char key[LINK_TOKEN_KEY], const char *text,
                     struct link_token *out);
