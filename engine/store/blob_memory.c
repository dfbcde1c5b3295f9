// The twin of the attachments' folder for a store in memory.
#include <string.h>

#include "base/mem.h"
#include "store/blob.h"
#include "store/store_parts.h"

static struct blob **find(struct store *store, const char *name) {
  struct blob **at = &store->blobs;
  while (*at && strcmp((*at)->name, name)) at = &(*at)->next;
  return at;
}

int blob_keep(struct store *store, const char *name, const void *bytes, size_t len,
              struct status *status) {
  if (*find(store, name))
    return status_fail(status, ERR_IO, "attachment %s can't be written: it is there",
                       name);
  struct blob *blob = mem_alloc(sizeof *blob);
  strncpy(blob->name, name, sizeof blob->name - 1);
  buf_put(&blob->bytes, bytes, len);
  blob->next = store->blobs;
  store->blobs = blob;
  return OK;
}

int blob_recall(struct store *store, const char *name, struct buf *out,
                struct status *status) {
  const struct blob *blob = *find(store, name);
  if (!blob)
    return status_fail(status, ERR_NOT_FOUND, "attachment %s can't be read: it is gone",
                       name);
  buf_put(out, buf_text(&blob->bytes), blob->bytes.len);
  return OK;
}

void blob_forget(struct store *store, const char *name) {
  struct blob **at = find(store, name), *blob = *at;
  if (!blob) return;
  *at = blob->next;
  buf_deinit(&blob->bytes);
  mem_free(blob);
}

void blob_recall_each(struct store *store, void (*fn)(void *self, const char *name),
                      void *self) {
  for (struct blob *blob = store->blobs, *next; blob; blob = next) {
    next = blob->next;
    fn(self, blob->name);
  }
}

void blob_forget_all(struct store *store) {
  while (store->blobs) blob_forget(store, store->blobs->name);
}
