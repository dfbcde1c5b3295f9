#include "care/expect.h"

#include <string.h>

#include "base/mem.h"
#include "care/expect_road.h"
#include "care/mapping.h"
#include "care/quarantine.h"

enum { TURNS_MOST = 12, WAITING = 1, FINISHED = 0, RECORD_IS_COMMAND = 1 };

struct items {  // encoded, one after another
  struct buf bytes;
  uint32_t count;
};

struct look {  // at one step
  struct care *care;
  struct run run;  // as it would be; texts borrowed
  struct buf journal;
  struct items does, depends;
  struct buf stuck;
  bool silent;  // a question before it was not answered
  bool over;    // what follows can't be known
};

struct command {  // borrowed from the records
  struct value op, label, args;
};

static void put_key(struct mapping *map, const struct value *args, const char *key) {
  struct value field = value_field(args, key);
  mapping_value(map, key, &field);
}

// Keys in rising order.
static void put_words(struct look *look, const struct command *command, const char *kind,
                      const char *name) {
  struct road road;
  struct mapping map = mapping_begin(&look->does.bytes);
  road_find(look->care, &(struct sending){&look->run, kind, name, 0, &command->args},
            &road);
  mapping_text(&map, "channel", road.channel[0] ? road.channel : NULL);
  mapping_text(&map, "class", road.class_);
  mapping_text(&map, "if", look->silent ? "silent" : NULL);
  mapping_text(&map, "name", name);
  mapping_text(&map, "person", road.person);
  mapping_text(&map, "reason", road.reason);
  put_key(&map, &command->args, "remind");
  mapping_text(&map, "to", road.to);
  put_key(&map, &command->args, "via");
  mapping_text(&map, "what", kind);
  put_key(&map, &command->args, "within");
  mapping_end(&map);
  road_deinit(&road);
}

static void put_work(struct look *look, const struct command *command, const char *what,
                     const char *name) {
  struct value role = value_field(&command->args, "role");
  struct mapping map = mapping_begin(&look->does.bytes);
  mapping_text(&map, "if", look->silent ? "silent" : NULL);
  if (!strcmp(what, "alert")) put_key(&map, &command->args, "level");
  mapping_text(&map, "name", name);
  if (role.kind == VALUE_TEXT)
    mapping_value(&map, "to", &role);
  else if (!strcmp(what, "task"))
    mapping_text(&map, "to", "nurse");
  mapping_text(&map, "what", what);
  mapping_end(&map);
}

static bool has(const struct items *items, const char *text) {
  struct value item;
  for (size_t at = 0, used; at < items->bytes.len; at += used) {
    used = value_read_front(items->bytes.data + at, items->bytes.len - at, &item);
    if (!used || value_is(&item, text)) return used != 0;
  }
  return false;
}

static void depend(struct look *look, const char *what, const char *name) {
  struct buf text = {0};
  buf_printf(&text, "%s %s", what, name);
  if (!has(&look->depends, buf_text(&text))) {
    value_put_text(&look->depends.bytes, buf_text(&text));
    look->depends.count++;
  }
  buf_deinit(&text);
}

static void take_wait(struct look *look, const struct command *command,
                      const char *name) {
  struct value kind = value_field(&command->args, "kind");
  if (value_is(&kind, "time")) return;
  depend(look, value_is(&kind, "task") ? "task" : "event", name);
  look->over = true;
}

static void take_command(struct look *look, const struct command *command) {
  char *name = value_copy_text(&command->label), *op = value_copy_text(&command->op);
  const char *what = op ? op : "", *label = name ? name : "";
  bool words = !strcmp(what, "ask") || !strcmp(what, "send");
  bool work = !strcmp(what, "task") || !strcmp(what, "alert") || !strcmp(what, "stop");
  if (words) put_words(look, command, what, label);
  if (work) put_work(look, command, what, label);
  if (words || work) look->does.count++;
  if (!strcmp(what, "wait")) take_wait(look, command, label);
  if (!strcmp(what, "ask")) depend(look, "answer", label);
  mem_free(name);
  mem_free(op);
}

// The last command of the records is the one that waits.
static void take_records(struct look *look, const struct buf *records,
                         struct command *last) {
  struct value record;
  size_t used;
  for (size_t at = 0; at < records->len; at += used) {
    used = value_read_front(records->data + at, records->len - at, &record);
    if (!used) return;
    struct value kind = value_at(&record, 0);
    if (value_int_or(&kind, 0) != RECORD_IS_COMMAND) continue;
    *last = (struct command){value_at(&record, 1), value_at(&record, 2),
                             value_at(&record, 3)};
    take_command(look, last);
  }
}

// A send arrives at once, a time is up on time, a question is not answered.
static void go_on(struct look *look, const struct command *waits) {
  struct buf now = {0};
  struct value view;
  bool asked = value_is(&waits->op, "ask");
  value_put_int(&now, value_is(&waits->op, "send") ? kernel_now(look->care->kernel) : 0);
  value_read(now.data, now.len, &view);
  run_put_outcome(&look->journal, asked ? NULL : &view, asked ? "silent" : NULL, 0);
  look->silent |= asked;
  buf_deinit(&now);
}

// False when nothing follows that could be known.
static bool turn(struct look *look) {
  struct turned made = {0};
  struct command last = {0};
  struct care *care = look->care;
  care->scripts.turn(care->scripts.self, &look->run, &look->journal, &made);
  bool goes = made.end == WAITING || made.end == FINISHED;
  if (goes) take_records(look, &made.records, &last);
  if (!goes) buf_puts(&look->stuck, buf_text(&made.cause));
  bool more = made.end == WAITING && !look->over;
  if (more) {
    buf_put(&look->journal, made.records.data, made.records.len);
    go_on(look, &last);
  }
  turned_deinit(&made);
  return more;
}

static void put_items(struct mapping *map, const char *key, const struct items *items) {
  mapping_key(map, key);
  size_t begun = value_begin_list(map->out);
  buf_put(map->out, items->bytes.data, items->bytes.len);
  value_end(map->out, begun, items->count);
}

static void look_put(struct look *look, struct buf *out) {
  struct mapping map = mapping_begin(out);
  put_items(&map, "depends_on", &look->depends);
  put_items(&map, "does", &look->does);
  mapping_text(&map, "stuck", look->stuck.len ? look->stuck.data : NULL);
  mapping_end(&map);
  buf_deinit(&look->journal);
  buf_deinit(&look->does.bytes);
  buf_deinit(&look->depends.bytes);
  buf_deinit(&look->stuck);
}

void expect_step(struct care *care, const struct enrollment *enrollment,
                 const struct schedule_step *step,
                 const struct schedule_occurrence *occurrence, struct buf *out) {
  struct look look = {
      .care = care,
      .run = {.patient = enrollment->patient,
              .enrollment = enrollment->id,
              .bundle = catalog_bundle(care->catalog, enrollment->department),
              .department = enrollment->department,
              .pathway = enrollment->pathway,
              .kind = "step",
              .name = step->id,
              .day = (char *)occurrence->key,
              .scheduled_at = occurrence->due_ms,
              .valid_until = occurrence->valid_until_ms}};
  if (quarantine_holds(care, enrollment->department, enrollment->pathway))
    buf_puts(&look.stuck, QUARANTINE_CAUSE);
  else
    for (int i = 0; i < TURNS_MOST && turn(&look); i++) continue;
  look_put(&look, out);
}
