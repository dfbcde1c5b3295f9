// What undoes encodings, and AES, for plugins.
#pragma once

#include <lua.h>

int plugin_unhex(lua_State *L);     // unhex(text) → bytes, or nil
int plugin_unbase64(lua_State *L);  // unbase64(text or secret) → bytes, or nil
// aes_cbc_encrypt(key, iv, text), …_decrypt(key, iv, bytes) → bytes, or nil when they
// can't be so decrypted. The key has 16, 24 or 32 bytes, iv 16; nil: the key's first 16,
// as WeChat has it. A fourth argument false: without PKCS#7.
int plugin_aes_encrypt(lua_State *L);
int plugin_aes_decrypt(lua_State *L);
int plugin_gb18030(lua_State *L);  // gb18030(text) → the same in that encoding, or nil
int plugin_date(lua_State *L);     // date(ms, minutes east of UTC) → year month day …
int plugin_ms(lua_State *L);  // ms(date, minutes east of UTC), or nil when it is none
