// Rosters: CSV files of a bundle that say who holds a duty post from when to when.
#pragma once

#include "care/care.h"

// Who stands in the post's roster now; false and "" when nobody, or without a file.
bool roster_find(struct care *care, const char *department, const char *role, char *staff,
                 size_t size);
// Whether the post's roster has this person at any time.
bool roster_names(struct care *care, const char *department, const char *role,
                  const char *staff);
