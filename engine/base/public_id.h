// Public ids: what the world sees instead of a row's number. A keyed permutation with
// check bits, so that they tell no counts and can't be guessed.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { PUBLIC_ID_KEY = 16, PUBLIC_ID_SIZE = 16 };

// "t3k9v0m2qx8aw": the kind's letter and 12 characters of base32 without i, l, o and u.
// Rows are numbered from 1 to 2^40-1.
void public_id_format(const unsigned char key[PUBLIC_ID_KEY], char kind, int64_t row,
                      char out[PUBLIC_ID_SIZE]);
// The row; 0 when the text is no id of this kind made with this key (a guess is right
// once in a million).
int64_t public_id_parse(const unsigned char key[PUBLIC_ID_KEY], char kind,
                        const char *text);
