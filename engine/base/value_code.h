// How canonical values lie in bytes; shared by value*.c and known to nobody else.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum value_tag {
  TAG_NIL,
  TAG_FALSE,
  TAG_TRUE,
  TAG_INT,   // zig-zag varint
  TAG_REAL,  // 8 bytes, little endian
  TAG_TEXT,  // varint length, bytes
  TAG_LIST,  // 4 bytes length of the entries, 4 bytes count, entries
  TAG_MAP    // the same; an entry is varint length, key bytes, value
};

enum { VALUE_HEAD = 9 };  // bytes of a container before its entries

static inline void code_put_le(unsigned char *at, uint64_t number, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (unsigned char)(number >> (8 * i));
}

static inline uint64_t code_le(const unsigned char *at, int bytes) {
  uint64_t number = 0;
  for (int i = 0; i < bytes; i++) number |= (uint64_t)at[i] << (8 * i);
  return number;
}
