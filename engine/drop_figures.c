// How folders of lists are doing: as lists, metrics and health show it.
#include "care/mapping.h"
#include "drop_parts.h"

void drop_put(const struct drop *drop, struct buf *out) {
  const char *error = drop->error[0] ? drop->error : drop->last;
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "does", "takes the lists that are put into a folder");
  if (drop->done_at) mapping_int(&map, "done_at", drop->done_at);
  if (error[0]) mapping_text(&map, "error", error);
  mapping_key(&map, "listens");
  size_t list = value_begin_list(out);
  value_put_text(out, drop->folder);
  value_end(out, list, 1);
  mapping_text(&map, "name", drop->name);
  mapping_text(&map, "plugin", "csv-drop");
  mapping_int(&map, "refused", (int64_t)drop->refused);
  mapping_text(&map, "state", drop->error[0] ? "misconfigured" : "well");
  mapping_int(&map, "taken", (int64_t)drop->taken);
  mapping_end(&map);
}

void drop_warn(const struct drop *drop, struct buf *out) {
  if (drop->error[0])
    buf_printf(out, "connector %s gets nothing: %s\n", drop->name, drop->error);
  if (drop->failed)
    buf_printf(out,
               "connector %s: %ld files lie in %s/failed: mend them and put them into "
               "the folder again, or take them away\n",
               drop->name, drop->failed, drop->folder);
}

static double up(const struct drop *drop) { return !drop->error[0]; }
static double failed(const struct drop *drop) { return (double)drop->failed; }
static double waiting(const struct drop *drop) { return (double)drop->waiting; }
static double files(const struct drop *drop) { return (double)drop->files; }
static double taken(const struct drop *drop) { return (double)drop->taken; }
static double refused(const struct drop *drop) { return (double)drop->refused; }

static const struct {
  const char *name, *type, *help;
  double (*of)(const struct drop *drop);
} figures[] = {
    {"up", "gauge", "1 while the folder can be read and written", up},
    {"failed", "gauge", "files in its folder failed", failed},
    {"waiting", "gauge", "files that lie there and are not taken yet", waiting},
    {"files_total", "counter", "files that were dealt with", files},
    {"taken_total", "counter", "rows that went in", taken},
    {"refused_total", "counter", "rows that did not", refused}};

void drop_metrics(struct drop *const *drops, size_t count, struct buf *out) {
  for (size_t f = 0; count && f < sizeof figures / sizeof *figures; f++) {
    const char *name = figures[f].name;
    buf_printf(out, "# HELP afterward_drop_%s %s\n# TYPE afterward_drop_%s %s\n", name,
               figures[f].help, name, figures[f].type);
    for (size_t i = 0; i < count; i++)
      buf_printf(out, "afterward_drop_%s{connector=\"%s\"} %.15g\n", name, drops[i]->name,
                 figures[f].of(drops[i]));
  }
}
