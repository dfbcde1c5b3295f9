#include "base/bind_link.h"

#include <sodium.h>
#include <string.h>

#include "base/digest.h"

void bind_key(const unsigned char key[LINK_TOKEN_KEY], const char *channel,
              char out[BIND_KEY_SIZE]) {
  unsigned char digest[(BIND_KEY_SIZE - 1) / 2];
  crypto_generichash_state state;
  crypto_generichash_init(&state, key, LINK_TOKEN_KEY, sizeof digest);
  crypto_generichash_update(&state, (const unsigned char *)"bind:", 5);
  crypto_generichash_update(&state, (const unsigned char *)channel, strlen(channel));
  crypto_generichash_final(&state, digest, sizeof digest);
  sodium_bin2hex(out, BIND_KEY_SIZE, digest, sizeof digest);
}

static void add(crypto_auth_hmacsha256_state *state, const char *text) {
  crypto_auth_hmacsha256_update(state, (const unsigned char *)text, strlen(text));
}

bool bind_signed(const char key[BIND_KEY_SIZE], const char *code, const char *account,
                 const char *minute, const char *signature) {
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  char hex[2 * sizeof mac + 1];
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
  add(&state, code);
  add(&state, "|");
  add(&state, account);
  add(&state, "|");
  add(&state, minute);
  crypto_auth_hmacsha256_final(&state, mac);
  sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
  return digest_equal(hex, strlen(hex), signature, strlen(signature));
}
