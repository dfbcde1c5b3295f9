// From a row of a hospital's discharge list to an event, as a map says: which column is
// what, and what its words mean.
#pragma once

#include "base/csv.h"
#include "base/value.h"

struct import_map;

// The encoded table that the map's file returns: columns, departments, sex, leaving,
// planned, return_planned, relations, times, dates, empty, encoding, delimiter; kind
// "feedback" of a list of words for the hospital: channel, or channels of a column's
// words. It must live as long.
int import_map_new(struct import_map **out, const struct value *table,
                   struct status *status);
void import_map_free(struct import_map *map);
const char *import_map_encoding(const struct import_map *map);  // NULL: find out
char import_map_delimiter(const struct import_map *map);
// The list's first row in UTF-8; the texts are borrowed. Fails naming every column that
// the map wants and the list lacks.
int import_map_header(struct import_map *map, const char *const *names, int count,
                      struct status *status);
// A row as the JSON of a checked event, appended. On failure the text says
// what is wrong and column gets the name of the column, "" when it is no single one's.
int import_map_row(struct import_map *map, const char *const *cells, int count,
                   struct buf *json, const char **column, struct status *status);
// The column that a server's complaint `field "patient.birth": …` is about, "" when none.
const char *import_map_column(const struct import_map *map, const char *complaint);
