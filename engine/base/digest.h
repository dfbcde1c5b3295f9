// Digests, random public ids and comparisons that take the same time whatever they find.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// 16-byte BLAKE2b in lower-case hex.
void digest_hex(const void *bytes, size_t len, char out[33]);
// SHA-256 in lower-case hex: what other programs compute too.
void digest_sha256(const void *bytes, size_t len, char out[65]);
// As others sign what they send: HMAC-SHA256, in hex.
void digest_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                        char out[65]);
// Bytes as base64 text, in a buffer of its own: the caller frees.
char *digest_base64(const void *bytes, size_t len);
// 80 random bits as 16 characters of base32 without i, l, o and u.
void digest_random_id(char out[17]);
// The time depends on the lengths alone.
bool digest_equal(const void *a, size_t a_len, const void *b, size_t b_len);
