// What a gateway, or somebody who found its address, may send as XML: the plugin's reader
// takes it apart in its sandbox or says why not. What it took, written again by its own
// words, is read as the same.
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/value.h"
#include "script/plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char PLUGIN_TEXT[] =
    "local aw = require 'afterward.plugin'\n"
    "local REFERENCES = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['\"'] = "
    "'&quot;', ['\\r'] = '&#13;', ['\\n'] = '&#10;', ['\\t'] = '&#9;' }\n"
    "local function safe(text) return (text:gsub('[&<>\"\\r\\n\\t]', REFERENCES)) end\n"
    "local function put(out, e)\n"
    "  out[#out + 1] = '<' .. e.name\n"
    "  for name, value in pairs(e.attr) do\n"
    "    out[#out + 1] = ' ' .. name .. '=\"' .. safe(value) .. '\"'\n"
    "  end\n"
    "  out[#out + 1] = '>' .. safe(e.text)\n"
    "  for _, child in ipairs(e.children) do put(out, child) end\n"
    "  out[#out + 1] = '</' .. e.name .. '>'\n"
    "  return out\n"
    "end\n"
    "local function written(e) return table.concat(put({}, e)) end\n"
    "local function inbound(request)\n"
    "  local tree, why = aw.xml.parse(request.body)\n"
    "  if not tree then return {}, { status = 400, body = why } end\n"
    "  local text = written(tree)\n"
    "  local again = aw.xml.parse(text)\n"
    "  if not again or written(again) ~= text then error('UNLIKE', 0) end\n"
    "  return {}, { status = 200 }\n"
    "end\n"
    "return { name = 'xml', send = inbound, result = inbound, inbound = inbound }\n";

static struct plugin *open_plugin(void) {
  struct plugin *plugin = NULL;
  struct status status = {0};
  struct buf bytes = {0};
  struct value config;
  assert(value_from_json(&bytes, "{}", 2, &status) == OK);
  assert(value_read(bytes.data, bytes.len, &config));
  struct plugin_source source = {"xml.lua", PLUGIN_TEXT, sizeof PLUGIN_TEXT - 1};
  int code = plugin_open(&plugin, &source, "xml", &config, &status);
  if (code) fprintf(stderr, "%s\n", status.text);
  assert(code == OK);
  buf_deinit(&bytes);
  return plugin;
}

static void put_request(struct buf *out, const uint8_t *data, size_t size) {
  size_t map = value_begin_map(out);
  value_put_key(out, "body");
  value_put_bytes(out, (const char *)data, size);
  value_end(out, map, 1);
}

// Long nonsense may use up the sandbox's time, its memory or its places: that is said.
static void check(int code, const struct buf *answer, const struct status *status) {
  struct value value;
  if (code == OK) {
    assert(value_read(answer->data, answer->len, &value));
    struct value reply = value_field(&value, "reply"),
                 said = value_field(&reply, "status");
    assert(said.kind == VALUE_INT && (said.integer == 200 || said.integer == 400));
    return;
  }
  assert(status->text[0]);
  if (strstr(status->text, "UNLIKE")) fprintf(stderr, "%s\n", status->text);
  assert(!strstr(status->text, "UNLIKE"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct plugin *plugin;
  if (!plugin) plugin = open_plugin();
  struct buf request = {0}, answer = {0};
  struct status status = {0};
  struct value value;
  put_request(&request, data, size);
  assert(value_read(request.data, request.len, &value));
  check(plugin_inbound(plugin, &value, &answer, &status), &answer, &status);
  buf_deinit(&request);
  buf_deinit(&answer);
  return 0;
}
