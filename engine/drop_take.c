// One list, from the folder through the import to where it is put away.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/iso.h"
#include "base/mem.h"
#include "drop_parts.h"
#include "import/import.h"
#include "script/table_file.h"

static bool exists(const char *folder, const char *name, const char *end) {
  struct buf path = {0};
  buf_printf(&path, "%s/%s%s", folder, name, end);
  bool found = !access(path.data, F_OK);
  buf_deinit(&path);
  return found;
}

// "list.csv", or "list.20260302110000.csv" when there has been one of that name.
static void choose_name(const struct drop *drop, const char *name, struct buf *out) {
  char now[ISO_SIZE];
  const char *dot = strrchr(name, '.');
  size_t stem = dot ? (size_t)(dot - name) : strlen(name);
  int digits = 0;
  if (!exists(drop->done_path, name, "") && !exists(drop->failed_path, name, "") &&
      !exists(drop->failed_path, name, ".rejects.csv")) {
    buf_puts(out, name);
    return;
  }
  iso_format(clock_now(drop->parts.clock), drop->parts.zone, now);
  buf_put(out, name, stem);
  buf_putc(out, '.');
  for (const char *at = now; *at && digits < 14; at++) {
    if (*at < '0' || *at > '9') continue;
    buf_putc(out, *at);
    digits++;
  }
  buf_puts(out, name + stem);
}

static void blame(struct drop *drop, const char *path) {
  snprintf(drop->look.error, sizeof drop->look.error, "%.200s can't be moved: %s", path,
           strerror(errno));
}

static bool move(struct drop *drop, const char *from, const char *folder,
                 const char *name, const char *end) {
  struct buf to = {0};
  buf_printf(&to, "%s/%s%s", folder, name, end);
  bool good = !rename(from, to.data);
  if (!good) blame(drop, from);
  buf_deinit(&to);
  return good;
}

static void report(struct drop *drop, const char *as, const char *text) {
  struct buf path = {0};
  char now[ISO_SIZE];
  iso_format(clock_now(drop->parts.clock), drop->parts.zone, now);
  buf_printf(&path, "%s/%s.report.txt", drop->failed_path, as);
  FILE *file = fopen(path.data, "w");
  if (!file || fprintf(file, "%s\n%s\n", now, text) < 0) blame(drop, path.data);
  if (file) fclose(file);
  (void)chmod(path.data, 0660);
  buf_deinit(&path);
}

// Whether the very same bytes lie in done under this name.
static bool is_same(const struct drop *drop, const char *path, const char *name) {
  struct buf other = {0};
  char a[4096], b[4096];
  size_t got = 1, had = 1;
  buf_printf(&other, "%s/%s", drop->done_path, name);
  FILE *one = fopen(path, "rb"), *two = fopen(other.data, "rb");
  bool same = one && two;
  while (same && got) {
    got = fread(a, 1, sizeof a, one);
    had = fread(b, 1, sizeof b, two);
    same = got == had && !memcmp(a, b, got);
  }
  if (one) fclose(one);
  if (two) fclose(two);
  buf_deinit(&other);
  return same;
}

static bool is_unchanged(const char *path, const struct stat *before) {
  struct stat now;
  return !stat(path, &now) && now.st_size == before->st_size &&
         now.st_ino == before->st_ino && now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

static int import(struct drop *drop, const char *path, const char *rejects,
                  struct import_result *result, struct status *status) {
  struct buf table = {0};
  struct value map;
  int code = table_file_read(drop->map, &table, status);
  if (code) {
    buf_deinit(&table);
    return status->code = ERR_IO;  // not the list's fault
  }
  value_read(table.data, table.len, &map);
  code = import_run(&(struct import_options){.file = path,
                                             .rejects = rejects,
                                             .map = map,
                                             .server = drop->server,
                                             .token = drop->token,
                                             .stop = &drop->stop},
                    result, status);
  buf_deinit(&table);
  return code;
}

static void put_away(struct drop *drop, const char *path, const char *name,
                     const char *rejects, const struct import_result *result,
                     const struct status *status) {
  struct buf as = {0};
  choose_name(drop, name, &as);
  drop->look.rows = result->rows;
  drop->look.taken = result->taken;
  drop->look.bad = result->bad;
  if (!status->code && result->bad) {
    (void)chmod(rejects, 0660);
    move(drop, rejects, drop->failed_path, as.data, ".rejects.csv");
  }
  if (status->code) {
    snprintf(drop->look.wrong, sizeof drop->look.wrong, "%s", status->text);
    report(drop, as.data, status->text);
  }
  if (move(drop, path, status->code ? drop->failed_path : drop->done_path, as.data, ""))
    snprintf(drop->look.file, sizeof drop->look.file, "%s", as.data);
  buf_deinit(&as);
}

// What changed meanwhile was not whole: it is left, and taken when it is.
static void take(struct drop *drop, const char *path, const char *name,
                 const struct stat *before) {
  struct import_result result = {0};
  struct status status = {0};
  struct buf rejects = {0};
  buf_printf(&rejects, "%s/.rejects", drop->failed_path);  // whole, then named
  import(drop, path, rejects.data, &result, &status);
  if (status.code == ERR_IO)
    snprintf(drop->look.error, sizeof drop->look.error, "%s", status.text);
  else if (status.code != ERR_CONFLICT && is_unchanged(path, before))
    put_away(drop, path, name, rejects.data, &result, &status);
  (void)unlink(rejects.data);
  buf_deinit(&result.flagged);
  buf_deinit(&rejects);
}

void drop_take(struct drop *drop, const char *name) {
  struct buf path = {0};
  struct stat before;
  buf_printf(&path, "%s/%s", drop->folder, name);
  if (!stat(path.data, &before)) {
    drop->look.repeated = is_same(drop, path.data, name);
    if (!drop->look.repeated)
      take(drop, path.data, name, &before);
    else if (move(drop, path.data, drop->done_path, name, ""))
      snprintf(drop->look.file, sizeof drop->look.file, "%s", name);
  }
  buf_deinit(&path);
}
