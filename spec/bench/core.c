// What benchmarks need of the engine without its daemon.
//   bench_core fill DIR SCRIPTS NOW COUNT [NAME,COUNT,TEXTS,DUE,SPREAD …]
//   bench_core hospital DIR SCRIPTS NOW COUNT DEPARTMENTS
//   bench_core cases DIR SCRIPTS NOW COUNT SPREAD_MS
//   bench_core jump DIR SCRIPTS NOW UNTIL   everything due is late
//   bench_core turns DIR SCRIPTS NOW RECORDS RUNS
//   bench_core queue DIR SCRIPTS NOW CHANNEL CLASS FROM COUNT DUE SPREAD_MS
//   bench_core ask DIR SQL              one row: "column value column value …"
//   bench_core exec DIR FILE            statements, each ended by ";" at its line's end
// Times are local: 2026-03-02T15:00:00. Prints one line "name value name value …".
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "bench.h"

enum { COHORTS = 8 };

static struct cohort read_cohort(char *text) {
  struct cohort out = {0};
  char *name = strtok(text, ","), *count = strtok(NULL, ","), *texts = strtok(NULL, ","),
       *due = strtok(NULL, ","), *spread = strtok(NULL, ",");
  if (!spread) {
    fprintf(stderr, "bench_core: a cohort is NAME,COUNT,TEXTS,DUE,SPREAD\n");
    exit(2);
  }
  snprintf(out.name, sizeof out.name, "%s", name);
  out.count = atoi(count);
  out.texts = atoi(texts);
  out.due = bench_time(due);
  out.spread = atoi(spread);
  return out;
}

static void fill(struct bench *bench, int count, char **words, int word_count) {
  struct cohort cohorts[COHORTS];
  int cohort_count = 0;
  for (int i = 0; i < word_count && i < COHORTS; i++)
    cohorts[cohort_count++] = read_cohort(words[i]);
  fill_run(bench, count, cohorts, cohort_count);
}

static void jump(struct bench *bench, int64_t until) {
  clock_set(&bench->clock, until);
  bench_settle(bench);
}

static void ask(const char *folder, const char *sql) {
  struct store *store;
  struct status status = {0};
  struct buf path = {0};
  buf_printf(&path, "%s/afterward.db", folder);
  bench_must(store_open_reader(&store, path.data, &status), &status);
  struct stmt *row = store_query(store, sql, "");
  if (stmt_row(row))
    for (int i = 0; i < stmt_columns(row); i++)
      printf("%s %s ", stmt_name(row, i), stmt_text(row, i) ? stmt_text(row, i) : "nil");
  printf("\n");
  stmt_done(row);
  bench_must(store_broken(store), store_error(store));
  store_close(store);
  buf_deinit(&path);
}

static char *read_all(const char *path) {
  struct buf text = {0};
  char part[4096];
  FILE *file = fopen(path, "r");
  for (size_t got; file && (got = fread(part, 1, sizeof part, file)) > 0;)
    buf_put(&text, part, got);
  if (file) fclose(file);
  return buf_take(&text);
}

// Through the engine's store: its pages have sums that another program would not write.
static void exec(const char *folder, const char *file) {
  struct store *store;
  struct status status = {0};
  struct buf path = {0};
  char *text = read_all(file);
  buf_printf(&path, "%s/afterward.db", folder);
  bench_must(store_open(&store, path.data, &status), &status);
  bench_must(store_begin(store, &status), &status);
  for (char *at = text, *end; (end = strstr(at, ";\n")) != NULL; at = end + 2) {
    *end = '\0';
    store_exec(store, at, "");
  }
  bench_must(store_commit(store, &status), &status);
  store_close(store);
  buf_deinit(&path);
  free(text);
}

static int run(int argc, char **argv) {
  struct bench bench;
  bench_open(&bench, argv[2], argv[3], bench_time(argv[4]));
  if (!strcmp(argv[1], "fill"))
    fill(&bench, atoi(argv[5]), argv + 6, argc - 6);
  else if (!strcmp(argv[1], "turns") && argc == 7)
    turns_run(&bench, atoi(argv[5]), atoi(argv[6]));
  else if (!strcmp(argv[1], "hospital") && argc == 7)
    hospital_run(&bench, atoi(argv[5]), atoi(argv[6]));
  else if (!strcmp(argv[1], "cases") && argc == 7)
    cases_run(&bench, atoi(argv[5]), atoi(argv[6]));
  else if (!strcmp(argv[1], "queue") && argc == 11)
    queue_run(&bench, argv[5], argv[6], atoi(argv[7]), atoi(argv[8]), bench_time(argv[9]),
              atoi(argv[10]));
  else
    jump(&bench, bench_time(argv[5]));
  bench_close(&bench);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "ask")) {
    ask(argv[2], argv[3]);
    return 0;
  }
  if (argc == 4 && !strcmp(argv[1], "exec")) {
    exec(argv[2], argv[3]);
    return 0;
  }
  if (argc >= 6) return run(argc, argv);
  fputs("Usage: see the head of spec/bench/core.c\n", stderr);
  return 2;
}
