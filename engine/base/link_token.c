#include "base/link_token.h"

#include <sodium.h>
#include <string.h>

enum { PAYLOAD = 14, MAC = 16, WHOLE = PAYLOAD + MAC, MINUTE_MS = 60000 };
_Static_assert(sodium_base64_ENCODED_LEN(WHOLE,
                                         sodium_base64_VARIANT_URLSAFE_NO_PADDING) <=
                   LINK_TOKEN_SIZE,
               "a link fits");

static void put(unsigned char *at, int64_t number, int bytes) {
  for (int i = 0; i < bytes; i++)
    at[i] = (unsigned char)((uint64_t)number >> (8 * (bytes - 1 - i)));
}

static int64_t get(const unsigned char *at, int bytes) {
  uint64_t number = 0;
  for (int i = 0; i < bytes; i++) number = number << 8 | at[i];
  return (int64_t)number;
}

static void sign(const unsigned char *key, const unsigned char *payload,
                 unsigned char *mac) {
  crypto_generichash(mac, MAC, payload, PAYLOAD, key, LINK_TOKEN_KEY);
}

// The signature is also what hides the rest: links tell no counts of patients.
static void hide(const unsigned char *key, const unsigned char *mac,
                 unsigned char *payload) {
  unsigned char stream[PAYLOAD + 2];
  crypto_generichash(stream, sizeof stream, mac, MAC, key, LINK_TOKEN_KEY);
  for (int i = 0; i < PAYLOAD; i++) payload[i] ^= stream[i];
}

void link_token_make(const unsigned char key[LINK_TOKEN_KEY], int64_t question,
                     int64_t person, int64_t expires_at, char out[LINK_TOKEN_SIZE]) {
  unsigned char whole[WHOLE];
  put(whole, question, 5);
  put(whole + 5, person, 5);
  put(whole + 10, expires_at / MINUTE_MS, 4);
  sign(key, whole, whole + PAYLOAD);
  hide(key, whole + PAYLOAD, whole);
  sodium_bin2base64(out, LINK_TOKEN_SIZE, whole, WHOLE,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool link_token_read(const unsigned char key[LINK_TOKEN_KEY], const char *text,
                     struct link_token *out) {
  unsigned char whole[WHOLE], mac[MAC];
  size_t len = 0;
  if (strnlen(text, LINK_TOKEN_SIZE) >= LINK_TOKEN_SIZE ||
      sodium_base642bin(whole, WHOLE, text, strlen(text), NULL, &len, NULL,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
      len != WHOLE)
    return false;
  hide(key, whole + PAYLOAD, whole);
  sign(key, whole, mac);
  if (sodium_memcmp(mac, whole + PAYLOAD, MAC)) return false;
  *out = (struct link_token){get(whole, 5), get(whole + 5, 5),
                             get(whole + 10, 4) * MINUTE_MS};
  return true;
}
