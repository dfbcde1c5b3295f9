#include "secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { LONGEST = 16 * 1024 };

// A line end after it is the editor's.
static int read_open(int fd, const char *path, struct buf *out, struct status *status) {
  struct stat about;
  char bytes[LONGEST];
  if (fstat(fd, &about) || !S_ISREG(about.st_mode))
    return status_fail(status, ERR_INVALID, "%s is no file", path);
  if (about.st_mode & 077)
    return status_fail(
        status, ERR_INVALID,
        "%s can be read by others than its owner (mode %04o): chmod 600 %s", path,
        (unsigned)about.st_mode & 07777, path);
  ssize_t got = read(fd, bytes, sizeof bytes);
  if (got < 0 || got == sizeof bytes)
    return status_fail(status, ERR_INVALID, "%s can't be read, or is too long", path);
  while (got > 0 && strchr("\r\n", bytes[got - 1])) got--;
  if (!got) return status_fail(status, ERR_INVALID, "%s is empty", path);
  buf_put(out, bytes, (size_t)got);
  explicit_bzero(bytes, sizeof bytes);
  return OK;
}

static int read_file(const char *path, struct buf *out, struct status *status) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return status_fail(status, ERR_NOT_FOUND, "%s can't be read: %s", path,
                       strerror(errno));
  int code = read_open(fd, path, out, status);
  close(fd);
  return code;
}

static int put_secret(const struct value *file, struct buf *out, struct status *status) {
  char *path = value_copy_text(file);
  struct buf text = {0};
  int code = read_file(path, &text, status);
  size_t map = value_begin_map(out);
  value_put_key(out, "secret");
  value_put_bytes(out, buf_text(&text), text.len);
  value_end(out, map, 1);
  if (text.data) explicit_bzero(text.data, text.len);
  buf_deinit(&text);
  mem_free(path);
  return code;
}

static int put_any(const struct value *value, struct buf *out, struct status *status);

static int put_items(const struct value *value, struct buf *out, struct status *status) {
  bool is_map = value->kind == VALUE_MAP;
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  size_t begun = is_map ? value_begin_map(out) : value_begin_list(out);
  int code = OK;
  while (!code && value_next(&iter, is_map ? &key : NULL, &item)) {
    if (is_map) value_put_key_bytes(out, key.text.data, key.text.len);
    code = put_any(&item, out, status);
    if (code && is_map) status_prefix(status, "%.*s", (int)key.text.len, key.text.data);
  }
  value_end(out, begun, value_count(value));
  return code;
}

static int put_any(const struct value *value, struct buf *out, struct status *status) {
  struct value file = value_field(value, "secret_file");
  if (value->kind == VALUE_MAP && value_count(value) == 1 && file.kind == VALUE_TEXT)
    return put_secret(&file, out, status);
  if (value->kind == VALUE_MAP || value->kind == VALUE_LIST)
    return put_items(value, out, status);
  value_put(out, value);
  return OK;
}

int secrets_read(const struct value *settings, struct buf *out, struct status *status) {
  size_t before = out->len;
  int code = put_any(settings, out, status);
  if (code) out->len = before;
  return code;
}
