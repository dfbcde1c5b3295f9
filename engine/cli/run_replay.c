// afterward run replay: a run's record against its own scripts or those of a folder, here
// and now, record by record.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "cli/client.h"
#include "cli/deed.h"
#include "cli/run.h"
#include "cli/scripts.h"
#include "cli/show.h"
#include "script/sources.h"
#include "scripts_parts.h"

struct replayed {
  struct run run;
  struct buf journal, flag;
  struct value records;
  struct sources sources;  // that it is replayed with
  struct buf places;       // one for each record agreed with, each with its NUL
};

static void read_record(const struct value *answer, struct replayed *out) {
  struct value seed = value_field(answer, "seed"), flag = value_field(answer, "flag"),
               record;
  out->records = value_field(answer, "records");
  struct value_iter iter = value_iterate(&out->records);
  out->run.id = value_int_or(&seed, 0);
  out->run.department = value_copy_field(answer, "department");
  out->run.pathway = value_copy_field(answer, "pathway");
  out->run.kind = value_copy_field(answer, "kind");
  out->run.name = value_copy_field(answer, "name");
  value_put(&out->flag, &flag);
  while (value_next(&iter, NULL, &record)) value_put(&out->journal, &record);
}

static void replayed_deinit(struct replayed *replayed) {
  run_deinit(&replayed->run);
  buf_deinit(&replayed->journal);
  buf_deinit(&replayed->flag);
  buf_deinit(&replayed->places);
  sources_deinit(&replayed->sources);
}

// Of the version that the run is on, as the daemon keeps them.
static void take_sources(const struct value *answer, struct sources *out) {
  struct value files = value_field(answer, "sources"), path, text;
  struct value_iter iter = value_iterate(&files);
  while (files.kind == VALUE_MAP && value_next(&iter, &path, &text)) {
    char *name = value_copy_text(&path);
    if (text.kind == VALUE_TEXT) sources_add(out, name, text.text.data, text.text.len);
    mem_free(name);
  }
}

// The line that a place "w/w.lua:20" names, without the blanks before it; its length.
static size_t find_line(const struct sources *sources, const char *place,
                        const char **out) {
  const char *colon = strrchr(place, ':');
  long number = colon ? strtol(colon + 1, NULL, 10) : 0;
  for (int i = 0; colon && number > 0 && i < sources->count; i++) {
    const struct source *source = &sources->items[i];
    const char *at = source->text;
    if (strncmp(source->path, place, (size_t)(colon - place)) != 0 ||
        source->path[colon - place])
      continue;
    for (; number > 1 && (at = strchr(at, '\n')); number--) at++;
    if (!at) return 0;
    at += strspn(at, " \t");
    *out = at;
    return strcspn(at, "\r\n");
  }
  return 0;
}

static void keep_place(void *self, uint32_t position, const char *where) {
  (void)position;
  buf_put(self, where, strlen(where) + 1);
}

// As the API shows a record's entry.
static void put_entry(struct buf *out, const struct value *record, int64_t position,
                      const char *place, const struct sources *sources) {
  struct value kind = value_at(record, 0), first = value_at(record, 1),
               second = value_at(record, 2), third = value_at(record, 3);
  int64_t number = value_int_or(&kind, 0);
  bool outcome = number == RECORD_OUTCOME;
  struct merge fields = {0};
  const char *line = NULL;
  struct value text = {.kind = VALUE_NIL};
  size_t len = find_line(sources, place, &line);
  if (len) text = (struct value){.kind = VALUE_TEXT, .text = {line, len}};
  merge_value(&fields, "line", &text);
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
    put_entry(out, &record, count + 1, next_place(&replayed->places, &place),
              &replayed->sources);
    count++;
  }
  return count;
}

static bool disagrees(const struct turn_output *made) {
  return made->end == TURN_STUCK || made->end == TURN_BREACH;
}

// A person steps with Enter where there is one; into a file and from one all is shown.
static bool goes_on(void) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return true;
  printf("Enter: on, q: end > ");
  fflush(stdout);
  int first = getchar(), byte = first;
  while (byte != '\n' && byte != EOF) byte = getchar();
  return first != 'q' && first != EOF;
}

// Where the script stands, unless it still does; then what was asked or answered there.
static void print_entry(const struct value *entry, struct buf *place) {
  struct buf head = {0}, text = {0};
  struct value position = value_field(entry, "position"),
               kind = value_field(entry, "kind"), op = value_field(entry, "op");
  cli_put_sentence(&head, entry, "[{source}[  {line}]]");
  if (head.len && strcmp(buf_text(&head), buf_text(place)) != 0)
    printf("%s\n", head.data);
  cli_run_describe(&text, entry);
  printf("%4lld  %s  %s\n", (long long)value_int_or(&position, 0),
         value_is(&kind, "outcome")   ? "answered"
         : value_is(&op, "ask")       ? "asked   "
         : value_is(&kind, "command") ? "did     "
                                      : "read    ",
         buf_text(&text));
  buf_deinit(place);
  *place = head;
  buf_deinit(&text);
}

static void print(const struct buf *entries, const struct turn_output *made) {
  struct value entry;
  struct buf place = {0};
  bool on = true;
  for (size_t at = 0, took; at < entries->len && on; at += took) {
    took = value_read_front(entries->data + at, entries->len - at, &entry);
    if (!took) break;
    print_entry(&entry, &place);
    on = goes_on();
  }
  buf_deinit(&place);
  if (!on) return;
  if (disagrees(made))
    printf("%u records agree, then: %s\n", made->replayed, buf_text(&made->cause));
  else
    printf(made->replayed == 1 ? "Its one record agrees.\n" : "All %u records agree.\n",
           made->replayed);
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

static int load(const struct cli *cli, const struct value *answer,
                struct replayed *replayed, struct bundle **bundle) {
  const char *folder = cli_option(cli, "bundle"), *department = replayed->run.department;
  int code = CLI_OK;
  if (folder)
    code = cli_scripts_read(cli, folder, department, &replayed->sources);
  else
    take_sources(answer, &replayed->sources);
  return code ? code : cli_scripts_make(cli, &replayed->sources, department, bundle);
}

int cli_run_replay(struct cli *cli) {
  struct buf path = {0};
  struct cli_answer answer = {0};
  struct replayed replayed = {0};
  struct bundle *bundle = NULL;
  cli_put_path(&path, "runs", cli->words[1], "record");
  cli_put_query(&path, "sources", cli_option(cli, "bundle") ? NULL : "yes");
  int code = cli_ask(cli, "GET", buf_text(&path), NULL, &answer);
  if (!code) read_record(&answer.value, &replayed);
  if (!code) code = load(cli, &answer.value, &replayed, &bundle);
  if (!code) code = replay(cli, bundle, &replayed);
  bundle_free(bundle);
  replayed_deinit(&replayed);
  cli_answer_deinit(&answer);
  buf_deinit(&path);
  return code;
}
