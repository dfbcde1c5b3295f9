// math, with random numbers that the host seeds for each run: the same on every machine.
#include <lualib.h>

#include "script/sandbox_internal.h"

static uint64_t mix(uint64_t *state) {  // splitmix64, for seeding only
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

void sandbox_seed(struct sandbox *sb, uint64_t seed) {
  sb->random[0] = mix(&seed);
  sb->random[1] = mix(&seed);
}

struct sandbox_random sandbox_random_lend(struct sandbox *sb, uint64_t seed) {
  struct sandbox_random kept = {{sb->random[0], sb->random[1]}};
  sandbox_seed(sb, seed);
  return kept;
}

void sandbox_random_return(struct sandbox *sb, const struct sandbox_random *kept) {
  sb->random[0] = kept->state[0];
  sb->random[1] = kept->state[1];
}

static uint64_t rotate(uint64_t bits, int by) {
  return (bits << by) | (bits >> (64 - by));
}

static uint64_t draw(struct sandbox *sb) {  // xoroshiro128++
  uint64_t a = sb->random[0], b = sb->random[1];
  uint64_t result = rotate(a + b, 17) + a;
  b ^= a;
  sb->random[0] = rotate(a, 49) ^ b ^ (b << 21);
  sb->random[1] = rotate(b, 28);
  return result;
}

// Uniform in 0..most: draws that would favour small numbers are thrown away.
static uint64_t draw_up_to(struct sandbox *sb, uint64_t most) {
  if (most == UINT64_MAX) return draw(sb);
  uint64_t span = most + 1, whole = UINT64_MAX - UINT64_MAX % span, drawn;
  do drawn = draw(sb);
  while (drawn >= whole);
  return drawn % span;
}

static int draw_random(lua_State *L) {
  struct sandbox *sb = sandbox_of(L);
  int count = lua_gettop(L);
  if (count == 0) {
    lua_pushnumber(L, (lua_Number)(draw(sb) >> 11) * 0x1p-53);
    return 1;
  }
  if (count > 2) return sandbox_error(L, "math.random takes at most 2 arguments");
  lua_Integer low = count == 2 ? luaL_checkinteger(L, 1) : 1;
  lua_Integer high = luaL_checkinteger(L, count);
  if (count == 1 && high == 0) {
    lua_pushinteger(L, (lua_Integer)draw(sb));
    return 1;
  }
  luaL_argcheck(L, low <= high, count, "interval is empty");
  uint64_t most = (uint64_t)high - (uint64_t)low;
  lua_pushinteger(L, (lua_Integer)((uint64_t)low + draw_up_to(sb, most)));
  return 1;
}

void sandbox_push_math(lua_State *L) {
  static const char *const kept[] = {
      "abs",  "acos", "asin", "atan", "ceil",       "cos",  "deg",        "exp",  "floor",
      "fmod", "huge", "log",  "max",  "maxinteger", "min",  "mininteger", "modf", "pi",
      "rad",  "sin",  "sqrt", "tan",  "tointeger",  "type", "ult",        NULL};
  lua_pushcfunction(L, luaopen_math);
  lua_call(L, 0, 1);
  lua_newtable(L);
  sandbox_copy_functions(L, -2, kept);
  lua_pushcfunction(L, draw_random);
  lua_setfield(L, -2, "random");
  lua_remove(L, -2);
}
