// A fault that strikes at the nth operation of a kind, once or from then on.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct strike {
  int64_t nth;    // 0: never
  bool for_ever;  // also at every later one
  int64_t count;  // operations so far
};

// Counts an operation; true when it has to fail.
static inline bool strike_now(struct strike *strike) {
  strike->count++;
  if (!strike->nth) return false;
  return strike->for_ever ? strike->count >= strike->nth : strike->count == strike->nth;
}

enum disk_kind { DISK_READ, DISK_WRITE, DISK_SYNC, DISK_TRUNCATE, DISK_KINDS };

// disk.c: the file system that SQLite uses by default from now on.
struct strike *disk_strike(enum disk_kind kind);
void disk_say_full(bool full);  // a write fails for want of room, not for an error
int disk_mount(void);
// memory.c: SQLite's memory from now on; before its first use in this process.
struct strike *memory_strike(void);
int memory_mount(void);
