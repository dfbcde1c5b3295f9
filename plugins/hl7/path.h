// Paths into a message, as the table writes them: "PID-3[MR].1", "OBX-5|number".
#pragma once

#include <afterward_plugin.h>

#include "words.h"

struct path {
  char segment[4];
  int field, component, sub;  // 0: the whole
  char type[24];  // "MR,PI": the repetition whose fifth component is one of them
  bool every;     // [*]
  enum words_kind kind;
  char table[32];  // of words; "" for none
};

struct place {  // where a path is read
  const struct aw_host *host;
  const struct aw_node *tables;
  const struct message *message;
  const char *each;  // name of the segment that is being gone through; NULL for none
  size_t at;         // its number
};

// False when it is no path.
bool path_read(const char *text, struct path *out);
// The segment that a path means: the one gone through, else the nearest before it, else
// the first; -1 when there is none.
long path_segment(const struct place *place, const char *name);
// Appends what repetition n of the path says; false past the last one.
bool path_put(const struct place *place, const struct path *path, int n,
              struct text *out);
