// Time zones by name, from the system's zone files, and the way between UTC milliseconds
// and civil time.
#pragma once

#include "base/civil.h"
#include "base/status.h"

struct zone;  // one zone, immutable once loaded

struct zones {         // the zones loaded so far; belongs to one thread
  char *folder;        // where zone files are; owned
  struct zone *first;  // owned list
};

// folder NULL is /usr/share/zoneinfo.
void zones_init(struct zones *zones, const char *folder);
void zones_deinit(struct zones *zones);  // frees every zone it gave out
// Gives a zone, loading its file at first use; the set owns it. The text names the wrong
// name.
int zones_find(struct zones *zones, const char *name, const struct zone **zone,
               struct status *status);
// The version of the zone data ("2026a"), "" when the folder doesn't say.
void zones_version(const struct zones *zones, char *out, size_t size);

const char *zone_name(const struct zone *zone);  // borrowed
// Seconds east of UTC at a moment; until, when given, gets the moment at which that ends
// or INT64_MAX.
int32_t zone_offset(const struct zone *zone, int64_t ms, int64_t *until);
struct civil zone_civil(const struct zone *zone, int64_t ms);
// A time that a change skips moves forward by the gap; of one that comes twice the first
// is meant.
int64_t zone_ms(const struct zone *zone, const struct civil *civil);
// The same on ms of a clock without zone (civil_local); half the cost.
int64_t zone_to_local(const struct zone *zone, int64_t ms);
int64_t zone_from_local(const struct zone *zone, int64_t local_ms);
