// What the files of a folder of lists share.
#pragma once

#include <stdatomic.h>

#include "drop.h"

enum { DROP_TEXT = 400, DROP_NAME = 200 };

struct drop_seen {  // a file that lies there
  char name[DROP_NAME + 1];
  int64_t size, changed, inode;
  int64_t since;  // steady ms from which on it has been so
};

struct drop {
  struct drop_parts parts;
  char *name, *server, *folder, *map;
  char token[33];
  int64_t settle_ms;
  struct loop_timer *timer;
  struct loop_job *job;  // looking
  bool stopped;
  atomic_bool stop;
  inbox_done *told;  // who asked that it looks; NULL: nobody
  void *ctx;

  // The job's, until it is done.
  int done_fd, failed_fd;  // the folders within, while it looks
  char done_path[32],
      failed_path[32];  // the same, whatever their names stand for by then
  struct drop_seen *seen;
  size_t count;
  struct {
    char file[DROP_NAME + 1];  // that was dealt with; "": none
    char error[DROP_TEXT];     // the folder's, or the machine's
    char wrong[DROP_TEXT];     // the file's, which lies in failed
    bool repeated;             // the very same had been taken before
    long rows, taken, bad;
    long failed, waiting;  // files that lie in failed, and in the folder
  } look;

  // How it goes.
  char error[DROP_TEXT];  // why nothing can be taken; "": all is well
  char last[DROP_TEXT];   // what was wrong with the last file; "": nothing
  int failures;           // one after another
  int64_t done_at;
  long failed, waiting;
  uint64_t files, taken, refused;
};

void drop_look(void *drop);  // drop_look.c: the job: deals with one file at most
// drop_take.c: name lies there whole. Fills in look.
void drop_take(struct drop *drop, const char *name);
