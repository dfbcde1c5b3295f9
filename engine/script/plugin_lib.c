#include "script/plugin_lib.h"

#include <lauxlib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "script/plugin_cipher.h"
#include "script/plugin_json.h"
#include "script/plugin_xml.h"
#include "script/sandbox.h"
#include "script/sealed.h"

// A digest tells nothing of a secret, so it is a plain text.
static int digest(lua_State *L, const EVP_MD *md) {
  size_t len;
  const char *bytes = sealed_check(L, 1, &len);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned out_len = 0;
  sandbox_charge(L, len);
  if (!EVP_Digest(bytes, len, out, &out_len, md, NULL))
    return luaL_error(L, "this machine's OpenSSL refuses the digest");
  lua_pushlstring(L, (const char *)out, out_len);
  return 1;
}

static int lib_md5(lua_State *L) { return digest(L, EVP_md5()); }
static int lib_sha1(lua_State *L) { return digest(L, EVP_sha1()); }
static int lib_sha256(lua_State *L) { return digest(L, EVP_sha256()); }

static int by_bytes(const void *a, const void *b) {
  const struct buf *left = a, *right = b;
  size_t len = left->len < right->len ? left->len : right->len;
  int order = len ? memcmp(left->data, right->data, len) : 0;
  return order ? order : (left->len > right->len) - (left->len < right->len);
}

enum { PARTS = 8 };

// SHA-1 of texts and secrets in the order of their bytes, one after another: how WeChat
// signs. A plugin could not sort what it can't read.
static int lib_sha1_sorted(lua_State *L) {
  int count = lua_gettop(L);
  struct buf parts[PARTS];  // borrowed from the stack
  luaL_argcheck(L, count <= PARTS, count, "too many texts");
  struct buf *all = plugin_box(L);
  for (int i = 0; i < count; i++) {
    parts[i] = (struct buf){0};
    parts[i].data = (char *)sealed_check(L, i + 1, &parts[i].len);
    sandbox_charge(L, parts[i].len);
  }
  if (count) qsort(parts, (size_t)count, sizeof *parts, by_bytes);
  for (int i = 0; i < count; i++) buf_put(all, parts[i].data, parts[i].len);
  lua_settop(L, count + 1);
  lua_pushlstring(L, buf_text(all), all->len);
  lua_replace(L, 1);
  lua_settop(L, 1);
  return digest(L, EVP_sha1());
}

static int lib_hmac_sha256(lua_State *L) {
  size_t key_len, len;
  const char *key = sealed_check(L, 1, &key_len), *bytes = sealed_check(L, 2, &len);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned out_len = 0;
  sandbox_charge(L, len);
  if (!HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)bytes, len, out,
            &out_len))
    return luaL_error(L, "this machine's OpenSSL refuses the digest");
  lua_pushlstring(L, (const char *)out, out_len);
  return 1;
}

static int lib_hex(lua_State *L) {
  static const char digits[] = "0123456789abcdef";
  size_t len;
  const char *bytes = sealed_check(L, 1, &len);
  sandbox_charge(L, len);
  struct buf *out = plugin_box(L);
  for (size_t i = 0; i < len; i++) {
    buf_putc(out, digits[(unsigned char)bytes[i] >> 4]);
    buf_putc(out, digits[(unsigned char)bytes[i] & 15]);
  }
  sealed_push_as(L, buf_text(out), out->len, sealed_is(L, 1));
  return 1;
}

static int lib_base64(lua_State *L) {
  size_t len;
  const char *bytes = sealed_check(L, 1, &len);
  luaL_argcheck(L, len <= SANDBOX_TEXT / 2, 1, "too long");
  sandbox_charge(L, len);
  struct buf *out = plugin_box(L);
  buf_reserve(out, 4 * ((len + 2) / 3) + 1);
  int size =
      EVP_EncodeBlock((unsigned char *)out->data, (const unsigned char *)bytes, (int)len);
  sealed_push_as(L, out->data, (size_t)size, sealed_is(L, 1));
  return 1;
}

// plain: what stays as it is.
static struct buf *urlencode(lua_State *L, const char *bytes, size_t len,
                             const char *plain) {
  static const char digits[] = "0123456789ABCDEF";
  sandbox_charge(L, len);
  struct buf *out = plugin_box(L);
  for (size_t i = 0; i < len; i++) {
    if (bytes[i] && strchr(plain, bytes[i])) {
      buf_putc(out, bytes[i]);
    } else {
      buf_putc(out, '%');
      buf_putc(out, digits[(unsigned char)bytes[i] >> 4]);
      buf_putc(out, digits[(unsigned char)bytes[i] & 15]);
    }
  }
  return out;
}

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

static int lib_urlencode(lua_State *L) {
  size_t len, shown_len;
  const char *bytes = sealed_check(L, 1, &len), *shown = sealed_shown(L, 1, &shown_len);
  struct buf *out = urlencode(L, bytes, len, UNRESERVED);
  if (!sealed_is(L, 1)) {
    lua_pushlstring(L, buf_text(out), out->len);
    return 1;
  }
  struct buf *masked = urlencode(L, shown, shown_len, UNRESERVED "*");
  sealed_push_shown(L, buf_text(out), out->len, buf_text(masked), masked->len);
  return 1;
}

// Hides what a plugin was told by its provider, such as an access token.
static int lib_secret(lua_State *L) {
  size_t len;
  const char *bytes = sealed_check(L, 1, &len);
  sealed_push(L, bytes, len);
  return 1;
}

static int lib_same(lua_State *L) {  // in a time that tells nothing of where they differ
  size_t a_len, b_len;
  const char *a = sealed_bytes(L, 1, &a_len), *b = sealed_bytes(L, 2, &b_len);
  lua_pushboolean(L, a && b && digest_equal(a, a_len, b, b_len));
  return 1;
}

void plugin_lib_push(lua_State *L) {
  static const luaL_Reg functions[] = {{"md5", lib_md5},
                                       {"sha1", lib_sha1},
                                       {"sha1_sorted", lib_sha1_sorted},
                                       {"sha256", lib_sha256},
                                       {"hmac_sha256", lib_hmac_sha256},
                                       {"hex", lib_hex},
                                       {"base64", lib_base64},
                                       {"urlencode", lib_urlencode},
                                       {"same", lib_same},
                                       {"secret", lib_secret},
                                       {"unhex", plugin_unhex},
                                       {"unbase64", plugin_unbase64},
                                       {"aes_cbc_encrypt", plugin_aes_encrypt},
                                       {"aes_cbc_decrypt", plugin_aes_decrypt},
                                       {"gb18030", plugin_gb18030},
                                       {"date", plugin_date},
                                       {"ms", plugin_ms},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_newtable(L);
  lua_pushcfunction(L, plugin_json_encode);
  lua_setfield(L, -2, "encode");
  lua_pushcfunction(L, plugin_json_decode);
  lua_setfield(L, -2, "decode");
  lua_setfield(L, -2, "json");
  lua_newtable(L);
  lua_pushcfunction(L, plugin_xml_parse);
  lua_setfield(L, -2, "parse");
  lua_setfield(L, -2, "xml");
}
