// Tables that a hospital writes for a connector, as the plugin reads them.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "link/connector_parts.h"

static void node_fill(struct aw_node *node, const struct value *value);

static void fill_children(struct aw_node *node, const struct value *value) {
  struct value key = {0}, item;
  struct value_iter iter = value_iterate(value);
  node->count = value_count(value);
  node->children = mem_alloc((node->count + 1) * sizeof *node->children);
  for (size_t i = 0; value_next(&iter, &key, &item); i++) {
    if (value->kind == VALUE_MAP)
      node->children[i].key = mem_copy_bytes(key.text.data, key.text.len);
    node_fill(&node->children[i], &item);
  }
}

static void node_fill(struct aw_node *node, const struct value *value) {
  switch (value->kind) {
    case VALUE_BOOL:
      node->kind = AW_FLAG;
      node->number = value->boolean;
      break;
    case VALUE_INT:
      node->kind = AW_NUMBER;
      node->number = (double)value->integer;
      break;
    case VALUE_REAL:
      node->kind = AW_NUMBER;
      node->number = value->real;
      break;
    case VALUE_TEXT:
      node->kind = AW_TEXT;
      node->text = value_copy_text(value);
      break;
    case VALUE_LIST:
    case VALUE_MAP:
      node->kind = value->kind == VALUE_LIST ? AW_LIST : AW_MAP;
      fill_children(node, value);
      break;
    case VALUE_NIL: break;
  }
}

static void node_empty(struct aw_node *node) {
  for (size_t i = 0; i < node->count; i++) node_empty(&node->children[i]);
  mem_free(node->children);
  mem_free(node->key);
  mem_free(node->text);
}

static void find_file(const struct connector *connector, const char *file,
                      struct buf *path) {
  if (strchr(file, '/') == file)
    buf_puts(path, file);
  else
    buf_printf(path, "%s/%s", connector->parts.plugins, file);
}

static const struct aw_node *read_table(const struct aw_host *host, const char *file,
                                        char *why, size_t room) {
  struct connector *connector = connector_of(host);
  struct buf path = {0}, encoded = {0};
  struct status status = {0};
  struct value value;
  struct connector_table *table = NULL;
  find_file(connector, file, &path);
  if (connector->parts.table(path.data, &encoded, &status)) {
    if (room) snprintf(why, room, "%s", status.text);
  } else {
    value_read(encoded.data, encoded.len, &value);
    table = mem_alloc(sizeof *table);
    node_fill(&table->root, &value);
    registered_add(&table->in, connector, &connector->tables);
  }
  buf_deinit(&path);
  buf_deinit(&encoded);
  return table ? &table->root : NULL;
}

void connector_drop_tables(struct connector *connector) {
  while (connector->tables) {
    struct connector_table *table = (struct connector_table *)connector->tables;
    registered_remove(&table->in);
    node_empty(&table->root);
    mem_free(table);
  }
}

static uint32_t kind(const struct aw_node *node) { return node ? node->kind : AW_NIL; }

static const char *word(const struct aw_node *node) {
  return node && node->text ? node->text : "";
}

static double value(const struct aw_node *node) { return node ? node->number : 0; }

static const struct aw_node *field(const struct aw_node *node, const char *name) {
  if (kind(node) != AW_MAP) return NULL;
  for (size_t i = 0; i < node->count; i++)
    if (!strcmp(node->children[i].key, name)) return &node->children[i];
  return NULL;
}

static const struct aw_node *item(const struct aw_node *node, size_t index,
                                  const char **key) {
  if (!node || index >= node->count) return NULL;
  if (key) *key = node->children[index].key;
  return &node->children[index];
}

void connector_host_tables(struct aw_host *host) {
  host->table = read_table;
  host->kind = kind;
  host->word = word;
  host->value = value;
  host->field = field;
  host->item = item;
}
