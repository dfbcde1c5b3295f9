#include "io/watch.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "base/buf.h"
#include "base/mem.h"

enum { QUIET_MS = 200, MOST_MS = 1000, FOLDERS_DEEP = 8, FOLDERS = 2000 };

struct folder {  // one that is looked after
  uv_fs_event_t uv;
  struct watch *watch;
  bool above;  // the one that holds the root: its name alone counts there
  struct folder *next;
};

struct watch {
  struct loop *loop;
  struct loop_timer *quiet;
  char *root;
  const char *name;        // its last part
  struct folder *folders;  // owned
  int count, blind;
  int64_t first;  // when the change began that is being waited out; 0: none
  void (*changed)(void *ctx);
  void *ctx;
};

static void on_closed(uv_handle_t *handle) { mem_free(handle->data); }

static void on_event(uv_fs_event_t *uv, const char *name, int events, int status) {
  struct folder *folder = uv->data;
  struct watch *watch = folder->watch;
  (void)events, (void)status;  // an error, too, is a reason to look
  if (folder->above && name && strcmp(name, watch->name)) return;
  if (name && !folder->above && name[0] == '.') return;
  int64_t now = loop_now(watch->loop);
  if (!watch->first) watch->first = now;
  int64_t left = watch->first + MOST_MS - now;
  loop_timer_arm(watch->quiet, left < QUIET_MS ? left : QUIET_MS);
}

static bool add(struct watch *watch, const char *path, bool above) {
  struct folder *folder = mem_alloc(sizeof *folder);
  folder->watch = watch;
  folder->uv.data = folder;
  folder->above = above;
  uv_fs_event_init(loop_uv(watch->loop), &folder->uv);
  if (watch->count >= FOLDERS || uv_fs_event_start(&folder->uv, on_event, path, 0)) {
    uv_close((uv_handle_t *)&folder->uv, on_closed);
    watch->blind++;
    return false;
  }
  folder->next = watch->folders;
  watch->folders = folder;
  watch->count++;
  return true;
}

static bool is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int may_be_folder(const struct dirent *entry) {
  return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_LNK ||
                                     entry->d_type == DT_UNKNOWN);
}

static void add_tree(struct watch *watch, const char *path, int depth) {
  struct dirent **entries = NULL;
  if (depth > FOLDERS_DEEP || !is_folder(path) || !add(watch, path, false)) return;
  int count = scandir(path, &entries, may_be_folder, alphasort);
  for (int i = 0; i < count; i++) {
    struct buf below = {0};
    buf_printf(&below, "%s/%s", path, entries[i]->d_name);
    add_tree(watch, below.data, depth + 1);
    buf_deinit(&below);
    free(entries[i]);
  }
  free(entries);
}

static void add_above(struct watch *watch) {
  struct buf above = {0};
  buf_put(&above, watch->root, (size_t)(watch->name - watch->root));
  if (!above.len) buf_puts(&above, ".");
  add(watch, above.data, true);
  buf_deinit(&above);
}

static void drop(struct watch *watch) {
  while (watch->folders) {
    struct folder *folder = watch->folders;
    watch->folders = folder->next;
    uv_close((uv_handle_t *)&folder->uv, on_closed);
  }
  watch->count = 0;
}

// A folder that was replaced by another of its name is another one: each look begins
// anew. What changes before the new look is under way is read by `changed`, which follows
// it.
static void look(struct watch *watch) {
  drop(watch);
  watch->blind = 0;
  add_above(watch);
  add_tree(watch, watch->root, 0);
}

static void on_quiet(void *ctx) {
  struct watch *watch = ctx;
  watch->first = 0;
  look(watch);
  watch->changed(watch->ctx);
}

struct watch *watch_new(struct loop *loop, const char *folder, void (*changed)(void *ctx),
                        void *ctx) {
  struct watch *watch = mem_alloc(sizeof *watch);
  watch->loop = loop;
  watch->root = mem_copy_text(folder);
  for (size_t len = strlen(folder); len > 1 && watch->root[len - 1] == '/'; len--)
    watch->root[len - 1] = 0;
  const char *slash = strrchr(watch->root, '/');
  watch->name = slash ? slash + 1 : watch->root;
  watch->changed = changed;
  watch->ctx = ctx;
  watch->quiet = loop_timer_new(loop, on_quiet, watch);
  look(watch);
  return watch;
}

int watch_blind(const struct watch *watch) { return watch->blind; }

void watch_free(struct watch *watch) {
  if (!watch) return;
  drop(watch);
  loop_timer_free(watch->quiet);
  mem_free(watch->root);
  mem_free(watch);
}
