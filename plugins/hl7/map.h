// From a message to events, as the hospital's table says (map.lua explains its words).
#pragma once

#include <afterward_plugin.h>

#include "message.h"

struct map {
  const struct aw_host *host;
  const struct aw_node *root;
};

enum map_found {
  MAP_EVENTS,   // events were made, perhaps none
  MAP_IGNORED,  // such messages are to be ignored
  MAP_NO_TYPE,  // neither the type (ADT) nor
  MAP_NO_EVENT  // this event of the type is in the table
};

// Checks the whole table: NULL, or a sentence with the place, in why of room bytes.
const char *map_check(const struct map *map, char *why, size_t room);
// Calls made for each event, a JSON object with its id.
enum map_found map_message(const struct map *map, const struct message *message,
                           void (*made)(void *self, const struct text *json), void *self);
