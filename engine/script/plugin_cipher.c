#include "script/plugin_cipher.h"

#include <lauxlib.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/charset.h"
#include "base/civil.h"
#include "script/plugin_json.h"
#include "script/sandbox.h"
#include "script/sealed.h"

enum { BLOCK = 16 };

static int digit(char c) {
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  const char *at = c ? strchr(digits, c) : NULL;
  return at ? (int)(at - digits) % 16 : -1;
}

int plugin_unhex(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  sandbox_charge(L, len);
  struct buf *out = plugin_box(L);
  for (size_t i = 0; i + 1 < len; i += 2) {
    int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) break;
    buf_putc(out, (char)(high * 16 + low));
  }
  if (out->len * 2 == len)
    lua_pushlstring(L, buf_text(out), out->len);
  else
    lua_pushnil(L);
  return 1;
}

int plugin_unbase64(lua_State *L) {
  size_t len, padding = 0;
  const char *text = sealed_check(L, 1, &len);
  luaL_argcheck(L, len <= SANDBOX_TEXT / 2, 1, "too long");
  sandbox_charge(L, len);
  struct buf *out = plugin_box(L);
  buf_reserve(out, len + 4);
  while (padding < 2 && padding < len && text[len - 1 - padding] == '=') padding++;
  int size = len % 4 ? -1
                     : EVP_DecodeBlock((unsigned char *)out->data,
                                       (const unsigned char *)text, (int)len);
  if (size < 0)
    lua_pushnil(L);
  else
    sealed_push_as(L, out->data, (size_t)size - (size ? padding : 0), sealed_is(L, 1));
  return 1;
}

static const EVP_CIPHER *cipher_of(lua_State *L, size_t key_len) {
  switch (key_len) {
    case 16: return EVP_aes_128_cbc();
    case 24: return EVP_aes_192_cbc();
    case 32: return EVP_aes_256_cbc();
    default: luaL_argerror(L, 1, "a key has 16, 24 or 32 bytes"); return NULL;
  }
}

struct aes {
  const EVP_CIPHER *cipher;
  const unsigned char *key, *iv, *bytes;
  int len, encrypt, pad;
};

// The number of bytes; -1 when they can't be decrypted.
static int run(const struct aes *aes, unsigned char *out) {
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
  int first = 0, last = 0;
  int good = ctx &&
             EVP_CipherInit_ex(ctx, aes->cipher, NULL, aes->key, aes->iv, aes->encrypt) &&
             EVP_CIPHER_CTX_set_padding(ctx, aes->pad) &&
             EVP_CipherUpdate(ctx, out, &first, aes->bytes, aes->len) &&
             EVP_CipherFinal_ex(ctx, out + first, &last);
  EVP_CIPHER_CTX_free(ctx);
  return good ? first + last : -1;
}

static int crypt(lua_State *L, int encrypt) {
  size_t key_len, iv_len, len;
  const char *key = sealed_check(L, 1, &key_len), *bytes = sealed_check(L, 3, &len);
  const EVP_CIPHER *cipher = cipher_of(L, key_len);
  bool own = lua_isnil(L, 2);
  const char *iv = own ? key : sealed_check(L, 2, &iv_len);
  if (own) iv_len = BLOCK;
  luaL_argcheck(L, iv_len == BLOCK, 2, "has 16 bytes");
  luaL_argcheck(L, len <= SANDBOX_TEXT / 2, 3, "too long");
  sandbox_charge(L, len);
  struct buf *out = plugin_box(L);
  buf_reserve(out, len + 2 * BLOCK);
  struct aes aes = {cipher,
                    (const unsigned char *)key,
                    (const unsigned char *)iv,
                    (const unsigned char *)bytes,
                    (int)len,
                    encrypt,
                    lua_isnoneornil(L, 4) || lua_toboolean(L, 4)};
  int size = run(&aes, (unsigned char *)out->data);
  if (size < 0)
    lua_pushnil(L);
  else
    lua_pushlstring(L, out->data, (size_t)size);
  return 1;
}

int plugin_aes_encrypt(lua_State *L) { return crypt(L, 1); }
int plugin_aes_decrypt(lua_State *L) { return crypt(L, 0); }

int plugin_gb18030(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct status status = {0};
  sandbox_charge(L, len);
  struct buf *out = plugin_box(L);
  struct charset *charset = charset_new(CHARSET_GB18030, false);
  int code = charset_convert(charset, text, len, out, &status);
  charset_free(charset);
  if (code)
    lua_pushnil(L);
  else
    lua_pushlstring(L, buf_text(out), out->len);
  return 1;
}

static void set(lua_State *L, const char *name, int32_t number) {
  lua_pushinteger(L, number);
  lua_setfield(L, -2, name);
}

int plugin_date(lua_State *L) {
  int64_t ms = luaL_checkinteger(L, 1), east = luaL_optinteger(L, 2, 0);
  luaL_argcheck(L, ms >= 0 && ms < (int64_t)4e14, 1, "no time in milliseconds");
  luaL_argcheck(L, east >= -1440 && east <= 1440, 2, "minutes east of UTC");
  struct civil civil = civil_of_local(ms + east * CIVIL_MINUTE_MS);
  lua_newtable(L);
  set(L, "year", civil.year);
  set(L, "month", civil.month);
  set(L, "day", civil.day);
  set(L, "hour", civil.hour);
  set(L, "minute", civil.minute);
  set(L, "second", civil.second);
  set(L, "weekday", civil.weekday);
  return 1;
}

// A number, or a text of digits; -1 when it is neither.
static int32_t get(lua_State *L, const char *name) {
  int whole = 0;
  lua_getfield(L, 1, name);
  lua_Integer number = lua_tointegerx(L, -1, &whole);
  lua_pop(L, 1);
  return whole && number >= 0 && number <= 9999 ? (int32_t)number : -1;
}

int plugin_ms(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int64_t east = luaL_optinteger(L, 2, 0);
  struct civil civil = {.year = get(L, "year"),
                        .month = get(L, "month"),
                        .day = get(L, "day"),
                        .hour = get(L, "hour"),
                        .minute = get(L, "minute"),
                        .second = get(L, "second")};
  luaL_argcheck(L, east >= -1440 && east <= 1440, 2, "minutes east of UTC");
  if (civil_valid(&civil))
    lua_pushinteger(L, civil_local(&civil) - east * CIVIL_MINUTE_MS);
  else
    lua_pushnil(L);
  return 1;
}
