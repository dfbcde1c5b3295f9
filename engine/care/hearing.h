// Kinds of events that some definition listens to: what nobody hears needs no work.
#pragma once

#include <stdbool.h>

struct catalog;
struct hearing;

struct hearing *hearing_new(struct catalog *catalog);  // of its definitions as they are
void hearing_free(struct hearing *hearing);
bool hearing_has(const struct hearing *hearing, const char *kind);
bool hearing_tiers(const struct hearing *hearing);  // a pathway has a tier function
