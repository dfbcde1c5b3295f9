// afterward run replay: a run's record against the scripts of a folder, here and now.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "cli_client.h"
#include "cli_deed.h"
#include "cli_run.h"
#include "cli_scripts.h"
#include "scripts_parts.h"

struct replayed {
  struct run run;
  struct buf journal, flag;
  struct value records;
  struct buf places;  // one for each record agreed with, each with its NUL
};

static char *text_of(const struct value *answer, const char *field) {
  struct value value = value_field(answer, field);
  return value_copy_text(&value);
}

static void read_record(const struct value *answer, struct replayed *out) {
  struct value seed = value_field(answer, "seed"), flag = value_field(answer, "flag"),
               record;
  out->records = value_field(answer, "records");
  struct value_iter iter = value_iterate(&out->records);
  out->run.id = value_int_or(&seed, 0);
  out->run.department = text_of(answer, "department");
  out->run.pathway = text_of(answer, "pathway");
  out->run.kind = text_of(answer, "kind");
  out->run.name = text_of(answer, "name");
  value_put(&out->flag, &flag);
  while (value_next(&iter, NULL, &record)) value_put(&out->journal, &record);
}

static void replayed_deinit(struct replayed *replayed) {
  run_deinit(&replayed->run);
  buf_deinit(&replayed->journal);
  buf_deinit(&replayed->flag);
  buf_deinit(&replayed->places);
}

static void keep_place(void *self, uint32_t position, const char *where) {
  (void)position;
  buf_put(self, where, strlen(where) + 1);
}

// As the API shows a record's entry.
static void put_entry(struct buf *out, const struct value *record, int64_t position,
                      const char *place) {
  struct value kind = value_at(record, 0), first = value_at(record, 1),
               second = value_at(record, 2), third = value_at(record, 3);
  int64_t number = value_int_or(&kind, 0);
  bool outcome = number == RECORD_OUTCOME;
  struct merge fields = {0};
  merge_text(&fields, "kind",
             outcome                    ? "outcome"
             : number == RECORD_COMMAND ? "command"
                                        : "read");
  merge_int(&fields, "position", position);
  merge_text(&fields, "source", *place ? place : NULL);
  merge_value(&fields, outcome ? "value" : "op", &first);
  merge_value(&fields, outcome ? "why" : "label", &second);
  if (!outcome) merge_value(&fields, "value", &third);
  merge_end(&fields, out);
}

static const char *next_place(const struct buf *places, size_t *at) {
  if (*at >= places->len) return "";
  const char *place = places->data + *at;
  *at += strlen(place) + 1;
  return place;
}

static uint32_t put_entries(const struct replayed *replayed, uint32_t most,
                            struct buf *out) {
  struct value_iter iter = value_iterate(&replayed->records);
  struct value record;
  size_t place = 0;
  uint32_t count = 0;
  while (count < most && value_next(&iter, NULL, &record)) {
    put_entry(out, &record, count + 1, next_place(&replayed->places, &place));
    count++;
  }
  return count;
}

static bool disagrees(const struct turn_output *made) {
  return made->end == TURN_STUCK || made->end == TURN_BREACH;
}

static void print(const struct buf *entries, const struct turn_output *made) {
  struct cli_table table;
  struct value entry;
  cli_table_init(&table, 3);
  for (size_t at = 0, took; at < entries->len; at += took) {
    took = value_read_front(entries->data + at, entries->len - at, &entry);
    if (!took) break;
    cli_run_put(&table, &entry);
  }
  if (table.count) cli_table_print(&table, stdout);
  cli_table_deinit(&table);
  if (disagrees(made))
    printf("%u records agree, then: %s\n", made->replayed, buf_text(&made->cause));
  else
    printf("All %u records agree.\n", made->replayed);
}

static void print_json(const struct buf *entries, uint32_t count,
                       const struct turn_output *made) {
  struct buf list = {0}, out = {0}, json = {0};
  struct value view;
  size_t begun = value_begin_list(&list);
  buf_put(&list, entries->data, entries->len);
  value_end(&list, begun, count);
  value_read(list.data, list.len, &view);
  struct mapping map = mapping_begin(&out);
  mapping_bool(&map, "agrees", !disagrees(made));
  mapping_text(&map, "cause", disagrees(made) ? buf_text(&made->cause) : NULL);
  mapping_value(&map, "journal", &view);
  mapping_int(&map, "replayed", made->replayed);
  mapping_end(&map);
  value_read(out.data, out.len, &view);
  value_to_json(&json, &view);
  printf("%s\n", buf_text(&json));
  buf_deinit(&json);
  buf_deinit(&out);
  buf_deinit(&list);
}

static int replay(const struct cli *cli, struct bundle *bundle,
                  struct replayed *replayed) {
  struct turn_output made = {0};
  struct buf entries = {0};
  scripts_replay(bundle,
                 &(struct replaying){&replayed->run, &replayed->journal, &replayed->flag,
                                     keep_place, &replayed->places},
                 &made);
  uint32_t count = put_entries(replayed, made.replayed, &entries);
  if (cli->json)
    print_json(&entries, count, &made);
  else
    print(&entries, &made);
  int code = disagrees(&made) ? CLI_FAILED : CLI_OK;
  turn_output_deinit(&made);
  buf_deinit(&entries);
  return code;
}

int cli_run_replay(struct cli *cli) {
  const char *folder = cli_option(cli, "bundle");
  struct buf path = {0};
  struct cli_answer answer = {0};
  struct replayed replayed = {0};
  struct bundle *bundle = NULL;
  if (!folder) return cli_run_show(cli);
  cli_put_path(&path, "runs", cli->words[1], "record");
  int code = cli_ask(cli, "GET", buf_text(&path), NULL, &answer);
  if (!code) read_record(&answer.value, &replayed);
  if (!code) code = cli_scripts_load(cli, folder, replayed.run.department, &bundle);
  if (!code) code = replay(cli, bundle, &replayed);
  bundle_free(bundle);
  replayed_deinit(&replayed);
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  return code;
}
