// Finds damage that SQLite does not look for: a VFS that keeps a checksum of each page of
// the database in the page's last eight bytes and verifies it when the page is read, and
// that verifies the write-ahead log's own checksums frame by frame.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

enum { GUARD_BYTES = 8 };  // of each page; reserved when the database is created

struct guard;
struct syncer;

// Which syncs are left to a thread: none at first. With them, the log's after a commit
// while `committing` is set, and the database's while `writing_back` is: SQLite takes
// them for done. The log is not begun anew before the database's is.
struct guard_syncs {
  struct syncer *log, *database;  // borrowed; NULL
  bool committing, writing_back;
};

// Registers it over the default VFS. The store's, for as long as it is open.
struct guard *guard_new(void);
void guard_free(struct guard *guard);
struct guard_syncs *guard_syncs(struct guard *guard);
const char *guard_name(const struct guard *guard);  // what sqlite3_open_v2 is told
