#include "base/tzif.h"

#include <string.h>

#include "base/mem.h"

enum { HEADER = 44, MAX_OFFSET = 26 * 3600 };

struct header {
  size_t utc_flags, standard_flags, leaps, changes, types, name_bytes;
};

static uint32_t read_32(const unsigned char *b) {
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t read_64(const unsigned char *b) {
  return (int64_t)((uint64_t)read_32(b) << 32 | read_32(b + 4));
}

static bool read_header(const unsigned char *bytes, size_t len, struct header *out) {
  if (len < HEADER || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2') return false;
  *out = (struct header){read_32(bytes + 20), read_32(bytes + 24), read_32(bytes + 28),
                         read_32(bytes + 32), read_32(bytes + 36), read_32(bytes + 40)};
  return true;
}

// Counts are 32-bit, so that the sum can't overflow size_t.
static size_t body_size(const struct header *h, size_t time_size) {
  return h->changes * (time_size + 1) + h->types * 6 + h->name_bytes +
         h->leaps * (time_size + 4) + h->standard_flags + h->utc_flags;
}

static bool fill_table(struct tzif *table, const struct header *h,
                       const unsigned char *body) {
  const unsigned char *kinds = body + h->changes * 8, *types = kinds + h->changes;
  table->count = h->changes;
  table->at = mem_alloc(h->changes * sizeof *table->at);
  table->offset = mem_alloc(h->changes * sizeof *table->offset);
  for (size_t i = 0; i < h->types; i++) {
    int32_t offset = (int32_t)read_32(types + i * 6);
    if (offset < -MAX_OFFSET || offset > MAX_OFFSET) return false;
  }
  table->first = (int32_t)read_32(types);
  for (size_t i = 0; i < h->changes; i++) {
    table->at[i] = read_64(body + i * 8);
    if (kinds[i] >= h->types || (i && table->at[i] <= table->at[i - 1])) return false;
    table->offset[i] = (int32_t)read_32(types + kinds[i] * 6);
  }
  return true;
}

static bool fill_rule(struct tzif *table, const unsigned char *foot, size_t len) {
  char text[128];
  const unsigned char *end = len > 1 ? memchr(foot + 1, '\n', len - 1) : NULL;
  if (!end || foot[0] != '\n' || (size_t)(end - foot) > sizeof text) return false;
  size_t size = (size_t)(end - foot) - 1;
  memcpy(text, foot + 1, size);
  text[size] = 0;
  table->has_rule = size > 0;
  return !size || tzrule_parse(&table->rule, text);
}

static const char *parse(struct tzif *table, const unsigned char *bytes, size_t len) {
  struct header h;
  if (!read_header(bytes, len, &h)) return "it is not a zone file of version 2 or later";
  size_t old = HEADER + body_size(&h, 4);
  if (old > len || !read_header(bytes + old, len - old, &h)) return "it is cut short";
  const unsigned char *body = bytes + old + HEADER;
  size_t size = body_size(&h, 8), left = len - old - HEADER;
  if (size > left) return "it is cut short";
  if (h.leaps) return "it counts leap seconds";
  if (!h.types || !fill_table(table, &h, body)) return "its table is damaged";
  if (!fill_rule(table, body + size, left - size)) return "its last line is damaged";
  return NULL;
}

int tzif_parse(struct tzif *table, const unsigned char *bytes, size_t len,
               struct status *status) {
  *table = (struct tzif){0};
  const char *wrong = parse(table, bytes, len);
  if (!wrong) return OK;
  tzif_deinit(table);
  return status_fail(status, ERR_INVALID, "%s; install the package tzdata", wrong);
}

void tzif_deinit(struct tzif *table) {
  mem_free(table->at);
  mem_free(table->offset);
  *table = (struct tzif){0};
}

int32_t tzif_offset(const struct tzif *table, int64_t second, int64_t *until) {
  size_t low = 0, high = table->count;  // the number of changes at or before the moment
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table->at[middle] <= second)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == table->count && table->has_rule)
    return tzrule_offset(&table->rule, second, until);
  *until = low < table->count ? table->at[low] : INT64_MAX;
  return low ? table->offset[low - 1] : table->first;
}
