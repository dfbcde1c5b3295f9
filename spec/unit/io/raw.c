// Sockets that send exactly the bytes they are given.
#include <string.h>

#include "base/mem.h"
#include "world.h"

static struct raw *raw_new(struct world *world) {
  if (world->raw_count == WORLD_THINGS) luaL_error(world->lua, "too many sockets");
  struct raw *raw = mem_alloc(sizeof *raw);
  raw->world = world;
  raw->state = "connecting";
  raw->tcp.data = raw;
  uv_tcp_init(loop_uv(world->loop), &raw->tcp);
  world->raws[world->raw_count++] = raw;
  return raw;
}

static struct raw *raw_check(lua_State *L, struct world *world) {
  lua_Integer index = luaL_checkinteger(L, 2);
  luaL_argcheck(L, index >= 1 && (size_t)index <= world->raw_count, 2, "no such socket");
  return world->raws[index - 1];
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *space) {
  (void)handle;
  *space = uv_buf_init(mem_alloc(suggested), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *space) {
  struct raw *raw = stream->data;
  if (count > 0) buf_put(&raw->got, space->base, (size_t)count);
  if (count < 0) raw->state = count == UV_EOF ? "eof" : "error";
  if (count < 0) uv_read_stop(stream);
  mem_free(space->base);
}

static void raw_open(struct raw *raw) {
  raw->state = "open";
  uv_tcp_nodelay(&raw->tcp, 1);
  uv_read_start((uv_stream_t *)&raw->tcp, on_alloc, on_read);
}

static void on_connected(uv_connect_t *connect, int status) {
  struct raw *raw = connect->data;
  if (status == 0)
    raw_open(raw);
  else if (!raw->done)
    raw->state = "error";
  mem_free(connect);
}

// connect(port) gives a socket's number.
static int raw_connect(lua_State *L) {
  struct world *world = world_check(L);
  int port = (int)luaL_checkinteger(L, 2);
  struct sockaddr_in address;
  uv_ip4_addr("127.0.0.1", port, &address);
  struct raw *raw = raw_new(world);
  uv_connect_t *connect = mem_alloc(sizeof *connect);
  connect->data = raw;
  uv_tcp_connect(connect, &raw->tcp, (struct sockaddr *)&address, on_connected);
  lua_pushinteger(L, (lua_Integer)world->raw_count);
  return 1;
}

static void on_connection(uv_stream_t *stream, int status) {
  struct raw *listener = stream->data;
  if (status < 0) return;
  struct raw *raw = raw_new(listener->world);
  uv_accept(stream, (uv_stream_t *)&raw->tcp);
  raw->accepted = true;
  raw_open(raw);
}

// listen() gives a port whose connections are fetched with accepted().
static int raw_listen(lua_State *L) {
  struct world *world = world_check(L);
  struct sockaddr_in address;
  int len = sizeof address;
  uv_ip4_addr("127.0.0.1", 0, &address);
  struct raw *raw = raw_new(world);
  raw->listening = true;
  uv_tcp_bind(&raw->tcp, (struct sockaddr *)&address, 0);
  uv_listen((uv_stream_t *)&raw->tcp, 16, on_connection);
  uv_tcp_getsockname(&raw->tcp, (struct sockaddr *)&address, &len);
  lua_pushinteger(L, ntohs(address.sin_port));
  lua_pushinteger(L, (lua_Integer)world->raw_count);
  return 2;
}

static int raw_accepted(lua_State *L) {
  struct world *world = world_check(L);
  for (size_t i = 0; i < world->raw_count; i++) {
    if (!world->raws[i]->accepted) continue;
    world->raws[i]->accepted = false;
    lua_pushinteger(L, (lua_Integer)i + 1);
    return 1;
  }
  return 0;
}

static int raw_send(lua_State *L) {
  struct world *world = world_check(L);
  struct raw *raw = raw_check(L, world);
  size_t len;
  const char *text = luaL_checklstring(L, 3, &len);
  uv_buf_t bytes = uv_buf_init((char *)text, (unsigned)len);
  int wrote = uv_try_write((uv_stream_t *)&raw->tcp, &bytes, 1);
  lua_pushinteger(L, wrote);
  return 1;
}

static int raw_got(lua_State *L) {
  struct raw *raw = raw_check(L, world_check(L));
  lua_pushlstring(L, buf_text(&raw->got), raw->got.len);
  lua_pushstring(L, raw->state);
  return 2;
}

static int raw_pause(lua_State *L) {
  struct raw *raw = raw_check(L, world_check(L));
  uv_read_stop((uv_stream_t *)&raw->tcp);
  return 0;
}

static int raw_resume(lua_State *L) {
  struct raw *raw = raw_check(L, world_check(L));
  uv_read_start((uv_stream_t *)&raw->tcp, on_alloc, on_read);
  return 0;
}

static void on_shutdown(uv_shutdown_t *shutdown, int status) {
  (void)status;
  mem_free(shutdown);
}

static int raw_finish(lua_State *L) {
  struct raw *raw = raw_check(L, world_check(L));
  uv_shutdown(mem_alloc(sizeof(uv_shutdown_t)), (uv_stream_t *)&raw->tcp, on_shutdown);
  return 0;
}

static void on_closed(uv_handle_t *handle) { ((struct raw *)handle->data)->done = true; }

static void raw_end(struct raw *raw, bool reset) {
  if (raw->done || uv_is_closing((uv_handle_t *)&raw->tcp)) return;
  raw->state = "closed";
  if (!reset || uv_tcp_close_reset(&raw->tcp, on_closed) != 0)
    uv_close((uv_handle_t *)&raw->tcp, on_closed);
}

static int raw_cut(lua_State *L) {
  raw_end(raw_check(L, world_check(L)), false);
  return 0;
}

static int raw_reset(lua_State *L) {
  raw_end(raw_check(L, world_check(L)), true);
  return 0;
}

void world_raws_free(struct world *world) {
  for (size_t i = 0; i < world->raw_count; i++) raw_end(world->raws[i], false);
  for (int i = 0; i < 20; i++) loop_step(world->loop, 0);
  for (size_t i = 0; i < world->raw_count; i++) {
    buf_deinit(&world->raws[i]->got);
    mem_free(world->raws[i]);
  }
}

const luaL_Reg world_raw_verbs[] = {{"connect", raw_connect},
                                    {"listen", raw_listen},
                                    {"accepted", raw_accepted},
                                    {"send", raw_send},
                                    {"got", raw_got},
                                    {"finish", raw_finish},
                                    {"cut", raw_cut},
                                    {"reset", raw_reset},
                                    {"pause", raw_pause},
                                    {"resume", raw_resume},
                                    {NULL, NULL}};
