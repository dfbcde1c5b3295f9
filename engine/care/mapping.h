// Building encoded maps: in key order as one writes, or merged from parts in any order.
#pragma once

#include "base/value.h"

struct mapping {  // keys must be given in rising order
  struct buf *out;
  size_t begun;
  uint32_t count;
};

struct mapping mapping_begin(struct buf *out);
void mapping_key(struct mapping *map,
                 const char *key);  // then put one value into map->out
void mapping_text(struct mapping *map, const char *key,
                  const char *text);  // NULL: left out
void mapping_int(struct mapping *map, const char *key, int64_t number);
void mapping_real(struct mapping *map, const char *key,
                  double number);  // an integer when it is whole
void mapping_bool(struct mapping *map, const char *key, bool flag);
void mapping_value(struct mapping *map, const char *key,
                   const struct value *value);  // nil: left out
void mapping_end(struct mapping *map);

enum { MERGE_FIELDS = 64 };
struct merge {  // keys in any order; a later one replaces; at most MERGE_FIELDS
  struct {
    char key[64];
    struct buf value;
  } fields[MERGE_FIELDS];
  uint32_t count;
};

void merge_bytes(struct merge *merge, const char *map,
                 size_t len);  // every field of an encoded map
void merge_value(struct merge *merge, const char *key,
                 const struct value *value);  // nil removes
void merge_encoded(struct merge *merge, const char *key, const struct buf *value);
void merge_text(struct merge *merge, const char *key,
                const char *text);  // NULL: left alone
void merge_int(struct merge *merge, const char *key, int64_t number);
void merge_end(struct merge *merge,
               struct buf *out);  // writes the map and frees the fields
