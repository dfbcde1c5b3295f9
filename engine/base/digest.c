#include "base/digest.h"

#include <sodium.h>

#include "base/mem.h"

// Always on, unlike assert: without a working libsodium nothing here may be trusted.
static void sodium_ready(void) {
  if (sodium_init() < 0) sodium_misuse();
}

void digest_hex(const void *bytes, size_t len, char out[33]) {
  unsigned char hash[16];
  sodium_ready();
  crypto_generichash(hash, sizeof hash, len > 0 ? bytes : NULL, len, NULL, 0);
  sodium_bin2hex(out, 33, hash, sizeof hash);
}

void digest_sha256(const void *bytes, size_t len, char out[65]) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  sodium_ready();
  crypto_hash_sha256(hash, bytes, len);
  sodium_bin2hex(out, 65, hash, sizeof hash);
}

void digest_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                        char out[65]) {
  crypto_auth_hmacsha256_state state;
  unsigned char hash[crypto_auth_hmacsha256_BYTES];
  sodium_ready();
  crypto_auth_hmacsha256_init(&state, key, key_len);
  crypto_auth_hmacsha256_update(&state, bytes, len);
  crypto_auth_hmacsha256_final(&state, hash);
  sodium_bin2hex(out, 65, hash, sizeof hash);
}

void digest_random_id(char out[17]) {
  static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
  unsigned char random[16];
  sodium_ready();
  randombytes_buf(random, sizeof random);
  for (size_t i = 0; i < sizeof random; i++) out[i] = letters[random[i] & 31];
  out[16] = '\0';
}

bool digest_equal(const void *a, size_t a_len, const void *b, size_t b_len) {
  return a_len == b_len && (a_len == 0 || sodium_memcmp(a, b, a_len) == 0);
}

char *digest_base64(const void *bytes, size_t len) {
  size_t size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
  char *out = mem_alloc(size);
  sodium_ready();
  sodium_bin2base64(out, size, bytes, len, sodium_base64_VARIANT_ORIGINAL);
  return out;
}
