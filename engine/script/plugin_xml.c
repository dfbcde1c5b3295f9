#include "script/plugin_xml.h"

#include <expat.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/value.h"
#include "script/plugin_json.h"
#include "script/sandbox.h"
#include "script/values.h"

enum { LONGEST = 256 * 1024, DEPTH = 24, ELEMENTS = 4096, ATTRIBUTES = 64 };

struct element {  // one that is open
  char *name;
  size_t map, list;
  uint32_t children;
  struct buf text;
};

struct reading {
  XML_Parser parser;
  struct buf *out;  // the tree, encoded
  struct element open[DEPTH];
  int depth, elements;
  const char *why;  // of ours; NULL: expat's
};

static void stop(struct reading *reading, const char *why) {
  if (!reading->why) reading->why = why;
  XML_StopParser(reading->parser, XML_FALSE);
}

// Entities could be declared there, and files named.
static void on_doctype(void *self, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public, int internal) {
  (void)name, (void)system, (void)public, (void)internal;
  stop(self, "a document type is not taken");
}

static int by_name(const void *a, const void *b) {
  return strcmp(**(const char *const *const *)a, **(const char *const *const *)b);
}

static void put_attributes(struct buf *out, const char **attributes) {
  const char **sorted[ATTRIBUTES];
  size_t count = 0;
  for (; attributes[0]; attributes += 2) sorted[count++] = attributes;
  if (count) qsort(sorted, count, sizeof *sorted, by_name);
  size_t map = value_begin_map(out);
  for (size_t i = 0; i < count; i++) {
    value_put_key(out, sorted[i][0]);
    value_put_text(out, sorted[i][1]);
  }
  value_end(out, map, (uint32_t)count);
}

static void on_start(void *self, const XML_Char *name, const XML_Char **attributes) {
  struct reading *reading = self;
  if (reading->depth == DEPTH || ++reading->elements > ELEMENTS ||
      XML_GetSpecifiedAttributeCount(reading->parser) > 2 * ATTRIBUTES) {
    stop(reading, "too many elements or attributes, or too deep");
    return;
  }
  struct element *element = &reading->open[reading->depth++];
  *element = (struct element){.name = mem_copy_text(name)};
  element->map = value_begin_map(reading->out);
  value_put_key(reading->out, "attr");
  put_attributes(reading->out, attributes);
  value_put_key(reading->out, "children");
  element->list = value_begin_list(reading->out);
}

static void on_end(void *self, const XML_Char *name) {
  struct reading *reading = self;
  (void)name;
  if (reading->why) return;  // <a/> ends once more after it was refused
  struct element *element = &reading->open[--reading->depth];
  value_end(reading->out, element->list, element->children);
  value_put_key(reading->out, "name");
  value_put_text(reading->out, element->name);
  value_put_key(reading->out, "text");
  value_put_bytes(reading->out, buf_text(&element->text), element->text.len);
  value_end(reading->out, element->map, 4);
  mem_free(element->name);
  buf_deinit(&element->text);
  if (reading->depth) reading->open[reading->depth - 1].children++;
}

static void on_text(void *self, const XML_Char *text, int len) {
  struct reading *reading = self;
  if (reading->depth) buf_put(&reading->open[reading->depth - 1].text, text, (size_t)len);
}

static bool read_all(struct reading *reading, const char *text, size_t len, char *why,
                     size_t size) {
  reading->parser = XML_ParserCreate(NULL);
  XML_SetUserData(reading->parser, reading);
  XML_SetElementHandler(reading->parser, on_start, on_end);
  XML_SetCharacterDataHandler(reading->parser, on_text);
  XML_SetStartDoctypeDeclHandler(reading->parser, on_doctype);
  bool whole = XML_Parse(reading->parser, text, (int)len, 1) == XML_STATUS_OK;
  if (!whole)
    snprintf(
        why, size, "no XML: %s",
        reading->why ? reading->why : XML_ErrorString(XML_GetErrorCode(reading->parser)));
  XML_ParserFree(reading->parser);
  while (reading->depth) {
    struct element *element = &reading->open[--reading->depth];
    mem_free(element->name);
    buf_deinit(&element->text);
  }
  return whole;
}

int plugin_xml_parse(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  char why[160] = "no XML: it is too long";
  struct status status = {0};
  struct value value;
  sandbox_charge(L, 4 * len);
  struct buf *out = plugin_box(L);
  struct reading reading = {.out = out};
  if (len <= LONGEST && read_all(&reading, text, len, why, sizeof why) &&
      value_read(out->data, out->len, &value) && values_push(L, &value, &status) == OK)
    return 1;
  lua_pushnil(L);
  lua_pushstring(L, why);
  return 2;
}
