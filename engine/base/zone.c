#include "base/zone.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/tzif.h"

enum { FILE_LIMIT = 1 << 20, NAME_LIMIT = 64 };

struct zone {
  char *name;
  struct tzif table;
  struct zone *next;
};

void zones_init(struct zones *zones, const char *folder) {
  zones->folder = mem_copy_text(folder ? folder : "/usr/share/zoneinfo");
  zones->first = NULL;
}

static void zone_free(struct zone *zone) {
  tzif_deinit(&zone->table);
  mem_free(zone->name);
  mem_free(zone);
}

void zones_deinit(struct zones *zones) {
  while (zones->first) {
    struct zone *zone = zones->first;
    zones->first = zone->next;
    zone_free(zone);
  }
  mem_free(zones->folder);
  zones->folder = NULL;
}

// Words of letters, digits, _ + - joined by single slashes: no dots, so no way out of the
// folder.
static bool name_is_safe(const char *name) {
  char before = '/';
  size_t len = 0;
  for (; name[len]; before = name[len++]) {
    char byte = name[len];
    bool word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                (byte >= '0' && byte <= '9') || byte == '_' || byte == '+' || byte == '-';
    if (len >= NAME_LIMIT || (!word && !(byte == '/' && before != '/'))) return false;
  }
  return before != '/';
}

static unsigned char *read_file(const char *path, size_t *len) {
  struct stat info;
  if (stat(path, &info) || !S_ISREG(info.st_mode) || info.st_size > FILE_LIMIT)
    return NULL;
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  unsigned char *bytes = mem_alloc((size_t)info.st_size);
  *len = fread(bytes, 1, (size_t)info.st_size, file);
  fclose(file);
  return bytes;
}

static int zone_load(struct zones *zones, const char *name, struct status *status) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", zones->folder, name);
  size_t len;
  unsigned char *bytes = read_file(path, &len);
  if (!bytes)
    return status_fail(status, ERR_NOT_FOUND,
                       "zone \"%s\" is not known; write one of the tz database, such as "
                       "\"Asia/Shanghai\"",
                       name);
  struct zone *zone = mem_alloc(sizeof *zone);
  zone->name = mem_copy_text(name);
  int code = tzif_parse(&zone->table, bytes, len, status);
  mem_free(bytes);
  if (code) {
    zone_free(zone);
    return status_prefix(status, "zone \"%s\" can't be read", name);
  }
  zone->next = zones->first;
  zones->first = zone;
  return OK;
}

int zones_find(struct zones *zones, const char *name, const struct zone **zone,
               struct status *status) {
  for (const struct zone *known = zones->first; known; known = known->next)
    if (strcmp(known->name, name) == 0) return *zone = known, OK;
  if (!name_is_safe(name))
    return status_fail(status, ERR_INVALID,
                       "zone \"%.64s\" is no zone name; write one such as "
                       "\"Asia/Shanghai\"",
                       name);
  int code = zone_load(zones, name, status);
  *zone = code ? NULL : zones->first;
  return code;
}

void zones_version(const struct zones *zones, char *out, size_t size) {
  char path[4096], line[64] = "", version[32] = "";
  snprintf(path, sizeof path, "%s/tzdata.zi", zones->folder);
  FILE *file = fopen(path, "r");
  if (file && fgets(line, sizeof line, file)) sscanf(line, "# version %31s", version);
  if (file) fclose(file);
  snprintf(out, size, "%s", version);
}

const char *zone_name(const struct zone *zone) { return zone->name; }

int32_t zone_offset(const struct zone *zone, int64_t ms, int64_t *until) {
  int64_t end;
  int32_t offset = tzif_offset(&zone->table, civil_floor_div(ms, 1000), &end);
  if (until) *until = end > INT64_MAX / 1000 ? INT64_MAX : end * 1000;
  return offset;
}

int64_t zone_to_local(const struct zone *zone, int64_t ms) {
  return ms + (int64_t)zone_offset(zone, ms, NULL) * 1000;
}

struct civil zone_civil(const struct zone *zone, int64_t ms) {
  int32_t offset = zone_offset(zone, ms, NULL);
  struct civil civil = civil_of_local(ms + (int64_t)offset * 1000);
  civil.offset = offset;
  return civil;
}

int64_t zone_ms(const struct zone *zone, const struct civil *civil) {
  return zone_from_local(zone, civil_local(civil));
}

// Walks the stretches of one offset that the time can lie in, from a little more than the
// greatest offset before it.
int64_t zone_from_local(const struct zone *zone, int64_t local_ms) {
  int64_t start = local_ms - 27 * (int64_t)CIVIL_HOUR_MS, until;
  int64_t before = zone_offset(zone, start, &until);
  if (local_ms - before * 1000 < until) return local_ms - before * 1000;
  for (;;) {
    start = until;
    int64_t offset = zone_offset(zone, start, &until);
    int64_t ms = local_ms - offset * 1000;
    if (ms < start) return local_ms - before * 1000;
    if (ms < until) return ms;
    before = offset;
  }
}
