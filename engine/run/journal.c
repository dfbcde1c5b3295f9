#include "run/journal.h"

#include <string.h>

enum {
  ENCODING = 1,  // first byte of a row: how the records after it are encoded
  GATHER = 128   // records in a row that is long enough to be left alone
};

struct link {  // a row of a chain being read
  int64_t id, position;
  size_t len;  // of its records
};

struct chain {  // newest first
  struct buf links, bodies;
};

static void chain_deinit(struct chain *chain) {
  buf_deinit(&chain->links);
  buf_deinit(&chain->bodies);
}

static struct link link_at(const struct chain *chain, size_t i) {
  struct link link;
  memcpy(&link, chain->links.data + i * sizeof link, sizeof link);
  return link;
}

static size_t chain_count(const struct chain *chain) {
  return chain->links.len / sizeof(struct link);
}

// Reads on from a row to the oldest, or, before > 0, until one that is long enough:
// before is the position behind the row. Gives the row it did not take.
static int64_t chain_read(struct chain *chain, struct store *store, int64_t id,
                          int64_t before) {
  while (id) {
    struct stmt *row = store_query(
        store, "SELECT prev, position, body FROM journal WHERE id=?1", "i", id);
    struct link link = {.id = id};
    bool found = stmt_row(row);
    int64_t prev = found ? stmt_int(row, 0) : 0;
    const char *body = found ? stmt_bytes(row, 2, &link.len) : NULL;
    link.position = found ? stmt_int(row, 1) : 0;
    link.len = link.len > 1 ? link.len - 1 : 0;
    bool enough = before && before - link.position >= GATHER;
    if (!enough && link.len) buf_put(&chain->bodies, body + 1, link.len);
    stmt_done(row);
    if (enough) return id;
    buf_put(&chain->links, &link, sizeof link);
    if (before) before = link.position;
    id = prev;
  }
  return 0;
}

static void chain_put(const struct chain *chain, struct buf *out) {
  size_t end = chain->bodies.len;
  buf_reserve(out, end);
  for (size_t i = chain_count(chain); i-- > 0;) {
    struct link link = link_at(chain, i);
    end -= link.len;
    buf_put(out, chain->bodies.data + end, link.len);
  }
}

void journal_read(struct store *store, int64_t last, struct buf *out) {
  struct chain chain = {0};
  chain_read(&chain, store, last, 0);
  chain_put(&chain, out);
  chain_deinit(&chain);
}

static int64_t insert(struct store *store, const struct journal_row *row,
                      const struct buf *body) {
  store_exec(
      store,
      "INSERT INTO journal (run, prev, at, position, body) VALUES (?1,?2,?3,?4,?5)",
      "iIiib", row->run, row->prev, row->at, row->position, body->data, body->len);
  return store_last_id(store);
}

static void drop(struct store *store, const struct chain *chain) {
  for (size_t i = 0; i < chain_count(chain); i++)
    store_exec(store, "DELETE FROM journal WHERE id=?1", "i", link_at(chain, i).id);
}

static int64_t gather(struct store *store, const struct journal_row *row) {
  struct chain chain = {0};
  struct buf body = {0};
  struct journal_row whole = *row;
  whole.prev = chain_read(&chain, store, row->prev, row->position);
  if (chain_count(&chain))
    whole.position = link_at(&chain, chain_count(&chain) - 1).position;
  buf_putc(&body, ENCODING);
  chain_put(&chain, &body);
  buf_put(&body, row->records->data, row->records->len);
  drop(store, &chain);
  int64_t id = insert(store, &whole, &body);
  buf_deinit(&body);
  chain_deinit(&chain);
  return id;
}

int64_t journal_append(struct store *store, const struct journal_row *row) {
  struct buf body = {0};
  int64_t before = row->position - 1, after = before + row->count;
  if (before / GATHER != after / GATHER) return gather(store, row);
  buf_putc(&body, ENCODING);
  buf_put(&body, row->records->data, row->records->len);
  int64_t id = insert(store, row, &body);
  buf_deinit(&body);
  return id;
}
