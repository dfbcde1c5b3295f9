// What anybody who reaches the port may send: heads, bodies in chunks and whole, paths,
// queries, a proxy's word about the client. Read in one piece or byte by byte, it means
// the same.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "io/http_chunked.h"
#include "io/http_form.h"
#include "io/http_head.h"
#include "io/http_peer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long scan_slowly(const char *bytes, size_t len) {
  size_t scanned = 0;
  for (size_t have = 1; have <= len; have++) {
    long found = http_head_scan(bytes, have, &scanned);
    if (found) return found;
  }
  return 0;
}

static void try_target(const char *target) {
  struct buf path = {0};
  const char *query = strchr(target, '?');
  struct http_form form;
  struct status status = {0};
  if (http_path_decode(&path, target, strlen(target))) {
    assert(utf8_valid(buf_text(&path), path.len));
    assert(strlen(buf_text(&path)) == path.len);
  }
  buf_deinit(&path);
  if (!query) return;
  http_form_parse(&form, query + 1, strlen(query + 1), &status);
  http_form_deinit(&form);
}

static void try_peer(const struct http_head *head) {
  struct http_nets trusted;
  struct status status = {0};
  char peer[HTTP_PEER_SIZE];
  assert(http_nets_parse(&trusted, "127.0.0.1, 10.0.0.0/8", &status) == OK);
  http_peer_find(peer, "127.0.0.1", head->headers, head->header_count, &trusted);
  assert(strlen(peer) < sizeof peer);
  const char *nets = http_header_find(head->headers, head->header_count, "X-Nets");
  if (nets) http_nets_parse(&trusted, nets, &status);
}

static enum chunked_result feed(const char *bytes, size_t len, size_t piece, size_t *used,
                                struct buf *body) {
  struct http_chunked chunked = {.max_body = 4096, .max_extra = 512};
  enum chunked_result result = CHUNKED_MORE;
  *used = 0;
  while (result == CHUNKED_MORE && *used < len) {
    size_t took = 0, part = len - *used < piece ? len - *used : piece;
    result = http_chunked_feed(&chunked, bytes + *used, part, &took, body);
    assert(took <= part);
    *used += took;
    if (result == CHUNKED_MORE) assert(took == part);
  }
  return result;
}

static void try_chunks(const char *bytes, size_t len) {
  struct buf whole = {0}, slow = {0};
  size_t used, used_slowly;
  enum chunked_result result = feed(bytes, len, len ? len : 1, &used, &whole);
  assert(feed(bytes, len, 1, &used_slowly, &slow) == result);
  assert(whole.len <= 4096);
  if (result == CHUNKED_END)
    assert(used == used_slowly && whole.len == slow.len &&
           !memcmp(buf_text(&whole), buf_text(&slow), whole.len));
  buf_deinit(&whole);
  buf_deinit(&slow);
}

static void try_head(const char *bytes, size_t len) {
  struct http_head head;
  const char *why = NULL;
  int refused = http_head_parse(&head, bytes, len, &why);
  if (refused) {
    assert(refused >= 400 && refused < 600 && why && why[0]);
  } else {
    assert(head.method && head.target && head.header_count <= HTTP_HEADERS_MAX);
    assert(!head.chunked || head.content_length < 0);
    for (size_t i = 0; i < head.header_count; i++)
      assert(http_header_valid(&head.headers[i]));
    try_target(head.target);
    try_peer(&head);
  }
  http_head_deinit(&head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *bytes = (const char *)data;
  size_t scanned = 0;
  long len = http_head_scan(bytes, size, &scanned);
  assert(size > 8192 || len == scan_slowly(bytes, size));
  if (len <= 0) {
    try_chunks(bytes, size);
    return 0;
  }
  assert((size_t)len <= size);
  try_head(bytes, (size_t)len);
  try_chunks(bytes + len, size - (size_t)len);
  return 0;
}
