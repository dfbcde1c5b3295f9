// Links to the page that binds an account, such as a WeChat openid, to a patient: signed
// by the channel that heard from the account, so that nobody can name somebody else's.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/link_token.h"

enum { BIND_KEY_SIZE = 33 };  // as text, with its NUL

// A channel's own key, of the key of all links.
void bind_key(const unsigned char key[LINK_TOKEN_KEY], const char *channel,
              char out[BIND_KEY_SIZE]);
// Whether signature is the hex of HMAC-SHA256 under that text of "code|account|minute",
// minute in decimals, since 1970.
bool bind_signed(const char key[BIND_KEY_SIZE], const char *code, const char *account,
                 const char *minute, const char *signature);
