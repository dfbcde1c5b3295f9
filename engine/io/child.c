#define _GNU_SOURCE  // pipe2
#include "io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"

enum { CHUNK = 16384 };

struct child {
  uv_process_t process;
  uv_pipe_t pipe;  // what it writes
  uv_timer_t limit;
  int open;  // handles of these that are not closed yet
  bool exited, read_out;
  size_t most;
  struct child_result result;
  void (*said)(void *ctx, const char *bytes, size_t len);
  void (*done)(void *ctx, const struct child_result *result);  // NULL: nobody waits
  void *ctx;
  char chunk[CHUNK];
};

static void on_closed(uv_handle_t *handle) {
  struct child *child = handle->data;
  if (--child->open) return;
  if (child->done) child->done(child->ctx, &child->result);
  buf_deinit(&child->result.output);
  mem_free(child);
}

static void close_handle(uv_handle_t *handle) {
  if (!uv_is_closing(handle)) uv_close(handle, on_closed);
}

static void end(struct child *child) {
  close_handle((uv_handle_t *)&child->process);
  close_handle((uv_handle_t *)&child->pipe);
  close_handle((uv_handle_t *)&child->limit);
}

// It leads a group of its own, so that what it has started goes with it.
static void kill_group(struct child *child) {
  if (!child->exited) kill(-child->process.pid, SIGKILL);
}

static void on_limit(uv_timer_t *timer) {
  struct child *child = timer->data;
  child->result.late = true;
  kill_group(child);
}

static void on_exit(uv_process_t *process, int64_t code, int signal) {
  struct child *child = process->data;
  kill(-process->pid, SIGKILL);
  child->exited = true;
  child->result.code = signal ? -1 : (int)code;
  if (child->read_out) end(child);
}

static void keep(struct child *child, const char *bytes, size_t len) {
  struct buf *output = &child->result.output;
  buf_put(output, bytes, len);
  if (output->len > child->most) buf_consume(output, output->len - child->most);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *into) {
  struct child *child = stream->data;
  if (len > 0) keep(child, into->base, (size_t)len);
  if (len > 0 && child->done && child->said)
    child->said(child->ctx, into->base, (size_t)len);
  if (len >= 0) return;
  child->read_out = true;
  uv_read_stop(stream);
  if (child->exited) end(child);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *out) {
  struct child *child = handle->data;
  (void)wanted;
  *out = uv_buf_init(child->chunk, CHUNK);
}

static void init(struct child *child, struct loop *loop) {
  uv_pipe_init(loop_uv(loop), &child->pipe, 0);
  uv_timer_init(loop_uv(loop), &child->limit);
  child->process.data = child->pipe.data = child->limit.data = child;
  child->open = 3;
}

static int spawn(struct child *child, struct loop *loop,
                 const struct child_config *config, int write_end) {
  uv_stdio_container_t stdio[3] = {
      {.flags = UV_IGNORE},
      {.flags = UV_INHERIT_FD, .data.fd = write_end},
      {.flags = UV_INHERIT_FD, .data.fd = write_end},
  };
  uv_process_options_t options = {.exit_cb = on_exit,
                                  .file = config->words[0],
                                  .args = (char **)config->words,
                                  .env = (char **)config->env,
                                  .cwd = config->folder,
                                  .flags = UV_PROCESS_DETACHED,
                                  .stdio_count = 3,
                                  .stdio = stdio};
  return uv_spawn(loop_uv(loop), &child->process, &options);
}

struct child *child_start(struct loop *loop, const struct child_config *config,
                          void (*done)(void *ctx, const struct child_result *result),
                          void *ctx, struct status *status) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) {
    status_fail(status, ERR_IO, "no pipe: %s", strerror(errno));
    return NULL;
  }
  struct child *child = mem_alloc(sizeof *child);
  child->most = config->output;
  init(child, loop);
  int code = spawn(child, loop, config, ends[1]);
  close(ends[1]);
  uv_pipe_open(&child->pipe, ends[0]);
  if (code) {
    status_fail(status, code == UV_ENOENT ? ERR_NOT_FOUND : ERR_IO,
                "%s can't be started: %s", config->words[0], uv_strerror(code));
    end(child);
    return NULL;
  }
  child->done = done;
  child->said = config->said;
  child->ctx = ctx;
  uv_read_start((uv_stream_t *)&child->pipe, on_alloc, on_read);
  uv_timer_start(&child->limit, on_limit, (uint64_t)config->limit_ms, 0);
  return child;
}

void child_kill(struct child *child) {
  if (!child) return;
  child->done = NULL;
  kill_group(child);
  end(child);
}
