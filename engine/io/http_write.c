#include "io/http_conn.h"

static void on_written(uv_write_t *write, int status) {
  struct http_conn *conn = write->data;
  conn->writing = false;
  buf_deinit(&conn->sending);
  if (status < 0)
    http_conn_close(conn);
  else
    http_conn_tick(conn);
}

// What the socket does not take at once goes to libuv, which needs the bytes to stay.
static bool rest_write(struct http_conn *conn) {
  conn->sending = conn->out;
  conn->out = (struct buf){0};
  uv_buf_t bytes = uv_buf_init(conn->sending.data, (unsigned)conn->sending.len);
  conn->writing = true;
  if (uv_write(&conn->write, (uv_stream_t *)&conn->tcp, &bytes, 1, on_written) == 0)
    return false;
  conn->writing = false;
  http_conn_close(conn);
  return false;
}

bool http_conn_flush(struct http_conn *conn) {
  if (conn->writing) return false;
  if (!conn->out.len) return true;
  uv_buf_t bytes = uv_buf_init(conn->out.data, (unsigned)conn->out.len);
  conn->server->counters.bytes_out += conn->out.len;
  int wrote = uv_try_write((uv_stream_t *)&conn->tcp, &bytes, 1);
  if (wrote < 0 && wrote != UV_EAGAIN) {
    http_conn_close(conn);
    return false;
  }
  if (wrote > 0) buf_consume(&conn->out, (size_t)wrote);
  return !conn->out.len || rest_write(conn);
}
