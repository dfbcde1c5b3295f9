// What this machine can do at most, measured beside every benchmark.
//   bench_raw commits DIR BATCHES ROWS   durable transactions of so many one-row inserts
//   bench_raw syncs DIR COUNT            appends of 4 KiB, each synced
//   bench_raw posts PORT COUNT           POSTs by the engine's HTTP client, 64
//   connections
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/http_client.h"
#include "store/store.h"
#include "tally.h"

enum { PAGE = 4096, CONNECTIONS = 64 };

static void must(int code, const char *what) {
  if (!code) return;
  fprintf(stderr, "bench_raw: %s\n", what);
  exit(1);
}

static void tell(const char *what, int count, int64_t started) {
  struct rusage usage;
  double seconds = (double)(tally_now_us() - started) / 1e6;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  printf("%s %d seconds %.4f per_second %.1f cpu_us %.2f\n", what, count, seconds,
         count / seconds, cpu / count);
}

static void raw_commits(const char *folder, int batches, int rows) {
  static const char text[] =
      "a row of about the size of a journal row, so that the comparison is fair to both";
  struct status status = {0};
  struct store *store;
  struct buf path = {0};
  buf_printf(&path, "%s/raw.db", folder);
  must(store_open(&store, path.data, &status), status.text);
  int64_t started = tally_now_us();
  for (int i = 0; i < batches; i++) {
    must(store_begin(store, &status), status.text);
    for (int row = 0; row < rows; row++)
      store_exec(store, "INSERT INTO note (patient, at, text) VALUES (?1, ?2, ?3)", "iit",
                 (int64_t)i, started, text);
    must(store_commit(store, &status), status.text);
  }
  tell("commits", batches, started);
  store_close(store);
  buf_deinit(&path);
}

static void raw_syncs(const char *folder, int count) {
  char page[PAGE];
  struct buf path = {0};
  buf_printf(&path, "%s/raw.sync", folder);
  int file = open(path.data, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  must(file < 0, "can't write there");
  memset(page, 'x', sizeof page);
  int64_t started = tally_now_us();
  for (int i = 0; i < count; i++)
    must(write(file, page, sizeof page) != PAGE || fdatasync(file), "the disk refused");
  tell("syncs", count, started);
  close(file);
  unlink(path.data);
  buf_deinit(&path);
}

struct posts {
  struct loop *loop;
  struct http_client *client;
  char url[64];
  int left, on_the_way, number;
};

static void post_done(void *ctx, const struct http_result *result);

static void post_next(struct posts *posts) {
  static const struct http_header headers[] = {
      {"Content-Type", "application/json; charset=utf-8"}};
  struct status status = {0};
  char body[256];
  int len = snprintf(body, sizeof body,
                     "{\"class\":\"education\",\"mobile\":\"13900000000\",\"content\":"
                     "\"您好，请按时复查，如有不适请及时联系病区。\",\"uid\":\"raw-%d\"}",
                     posts->number++);
  struct http_call call = {.method = "POST",
                           .url = posts->url,
                           .headers = headers,
                           .header_count = 1,
                           .body = body,
                           .body_len = (size_t)len};
  posts->left--;
  posts->on_the_way++;
  must(!http_client_send(posts->client, &call, post_done, posts, &status), status.text);
}

static void post_done(void *ctx, const struct http_result *result) {
  struct posts *posts = ctx;
  must(result->outcome != HTTP_ANSWERED || result->status != 200, "the sink refused");
  posts->on_the_way--;
  if (posts->left)
    post_next(posts);
  else if (!posts->on_the_way)
    loop_stop(posts->loop);
}

static void raw_posts(int port, int count) {
  struct posts posts = {.loop = loop_new(), .left = count};
  struct http_client_config config = {.connections = CONNECTIONS,
                                      .per_host = CONNECTIONS};
  posts.client = http_client_new(posts.loop, &config);
  snprintf(posts.url, sizeof posts.url, "http://127.0.0.1:%d/send", port);
  int64_t started = tally_now_us();
  for (int i = 0; i < CONNECTIONS && posts.left; i++) post_next(&posts);
  loop_run(posts.loop);
  tell("posts", count, started);
  http_client_free(posts.client);
  loop_free(posts.loop);
}

int main(int argc, char **argv) {
  if (argc == 5 && !strcmp(argv[1], "commits"))
    raw_commits(argv[2], atoi(argv[3]), atoi(argv[4]));
  else if (argc == 4 && !strcmp(argv[1], "syncs"))
    raw_syncs(argv[2], atoi(argv[3]));
  else if (argc == 4 && !strcmp(argv[1], "posts"))
    raw_posts(atoi(argv[2]), atoi(argv[3]));
  else {
    fputs(
        "Usage: bench_raw commits DIR BATCHES ROWS | syncs DIR COUNT | posts PORT "
        "COUNT\n",
        stderr);
    return 2;
  }
  return 0;
}
