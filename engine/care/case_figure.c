#include "care/case_figure.h"

#include <string.h>

#include "base/value.h"

#define SEEN "(?3 IS NULL OR f.department IN (SELECT value FROM json_each(?3)))"
#define OF_CASE                                                                      \
  "SELECT f.enrollment, received_at, f.department, facts, tier, channel,"            \
  " CASE WHEN closed IS NOT NULL THEN coalesce(satisfied, closed) END, "             \
  "EXISTS (SELECT 1 FROM question q WHERE q.patient=sender AND form='satisfied' AND" \
  " q.enrollment=f.enrollment) FROM case_file f JOIN enrollment e ON e.id=f.enrollment"

// --- one that has no row of its own

// Texts stand in one buffer, which moves as it grows: places in it first.
struct reading {
  struct case_figure figure;
  struct buf texts;
  size_t at[FIGURE_TEXTS];  // 1: the first byte; 0: none
};

static void put(struct reading *reading, enum case_figure_text which, const char *text,
                size_t len) {
  reading->at[which] = reading->texts.len + 1;
  buf_put(&reading->texts, text, len);
  buf_putc(&reading->texts, '\0');
}

static void put_column(struct reading *reading, enum case_figure_text which,
                       struct stmt *row, int column) {
  const char *text = stmt_text(row, column);
  if (text) put(reading, which, text, strlen(text));
}

static void read_facts(struct reading *reading, const char *bytes, size_t len) {
  static const struct {
    const char *name;
    enum case_figure_text which;
  } fields[] = {{"lead", FIGURE_LEAD}, {"stage", FIGURE_STAGE},
                {"type", FIGURE_TYPE}, {"nature", FIGURE_NATURE},
                {"ward", FIGURE_WARD}, {"because", FIGURE_WORDS}};
  struct value facts;
  if (!value_read_front(bytes, len, &facts)) return;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    struct value field = value_field(&facts, fields[i].name);
    if (field.kind == VALUE_TEXT && field.text.len)
      put(reading, fields[i].which, field.text.data, field.text.len);
  }
  struct value stars = value_field(&facts, "stars");
  reading->figure.stars = stars.kind == VALUE_INT ? stars.integer : 0;
}

// A clock that ended with its case, neither met nor run out, is nobody's merit or fault.
static void read_clocks(struct store *store, struct reading *reading) {
  struct buf list = {0};
  struct stmt *row = store_query(
      store,
      "SELECT name, CASE WHEN breached_at IS NOT NULL THEN 'late' WHEN met_at IS NOT NULL"
      " THEN 'met' WHEN ended_at IS NULL THEN 'open' END, CASE WHEN round=1 AND"
      " name='resolution' THEN met_at END FROM clock WHERE enrollment=?1 AND replaced_at"
      " IS NULL AND started_at IS NOT NULL",
      "i", reading->figure.enrollment);
  while (stmt_row(row)) {
    const char *how = stmt_text(row, 1);
    if (how) buf_printf(&list, "%s%s=%s", list.len ? " " : "", stmt_text(row, 0), how);
    if (!stmt_null(row, 2))
      reading->figure.took = stmt_int(row, 2) - reading->figure.received_at;
  }
  stmt_done(row);
  if (list.len) put(reading, FIGURE_CLOCKS, list.data, list.len);
  buf_deinit(&list);
}

static void read_case(struct store *store, struct stmt *row, struct reading *reading) {
  size_t len;
  memset(reading->at, 0, sizeof reading->at);
  buf_clear(&reading->texts);
  reading->figure = (struct case_figure){.enrollment = stmt_int(row, 0),
                                         .received_at = stmt_int(row, 1),
                                         .asked = stmt_int(row, 7) != 0};
  put_column(reading, FIGURE_DEPARTMENT, row, 2);
  const char *facts = stmt_bytes(row, 3, &len);
  read_facts(reading, facts, len);
  put_column(reading, FIGURE_TIER, row, 4);
  put_column(reading, FIGURE_CHANNEL, row, 5);
  put_column(reading, FIGURE_CLOSED, row, 6);
  read_clocks(store, reading);
  for (int i = 0; i < FIGURE_TEXTS; i++)
    reading->figure.text[i] =
        reading->at[i] ? reading->texts.data + reading->at[i] - 1 : NULL;
}

// --- its row

static void insert(struct store *store, const struct case_figure *figure) {
  const char *const *text = figure->text;
  store_exec(store,
             "INSERT INTO case_figure (received_at, enrollment, department, lead, stage,"
             " type, nature, channel, tier, ward, words, clocks, closed, stars, took,"
             " asked) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
             "iitttttttttttIIi", figure->received_at, figure->enrollment,
             text[FIGURE_DEPARTMENT], text[FIGURE_LEAD], text[FIGURE_STAGE],
             text[FIGURE_TYPE], text[FIGURE_NATURE], text[FIGURE_CHANNEL],
             text[FIGURE_TIER], text[FIGURE_WARD], text[FIGURE_WORDS],
             text[FIGURE_CLOCKS], text[FIGURE_CLOSED], figure->stars, figure->took,
             (int64_t)figure->asked);
}

void case_figure_keep(struct care *care, int64_t enrollment) {
  struct reading reading = {0};
  struct stmt *row =
      store_query(care->store, OF_CASE " WHERE f.enrollment=?1", "i", enrollment);
  bool found = stmt_row(row);
  if (found) read_case(care->store, row, &reading);
  stmt_done(row);
  if (found) {
    bool closed = reading.figure.text[FIGURE_CLOSED] != NULL;
    store_exec(care->store,
               "DELETE FROM case_figure WHERE received_at=?1 AND enrollment=?2", "ii",
               reading.figure.received_at, enrollment);
    if (closed) insert(care->store, &reading.figure);
    store_exec(care->store, "UPDATE case_file SET counted=?2 WHERE enrollment=?1", "ii",
               enrollment, (int64_t)closed);
  }
  buf_deinit(&reading.texts);
}

// --- all of them

// So many rows are read as of one moment: a reader keeps the log from being emptied for
// as long as it looks at one.
enum { KEPT_AT_ONCE = 20000, OTHERS_AT_ONCE = 2000 };

struct visiting {
  struct store *store;
  const char *departments;
  case_figure_visit *visit;
  void *self;
  struct reading reading;
};

static void visit_kept(struct visiting *visiting, int64_t from, int64_t to) {
  struct stmt *row = store_query(
      visiting->store,
      "SELECT enrollment, received_at, department, lead, stage, type, nature, channel,"
      " tier, ward, words, clocks, closed, stars, took, asked FROM case_figure f WHERE"
      " received_at>=?1 AND received_at<?2 AND closed<>'merged' AND " SEEN,
      "iit", from, to, visiting->departments);
  while (stmt_row(row)) {
    struct case_figure figure = {.enrollment = stmt_int(row, 0),
                                 .received_at = stmt_int(row, 1),
                                 .stars = stmt_int(row, 2 + FIGURE_TEXTS),
                                 .took = stmt_int(row, 3 + FIGURE_TEXTS),
                                 .asked = stmt_int(row, 4 + FIGURE_TEXTS) != 0};
    for (int i = 0; i < FIGURE_TEXTS; i++) figure.text[i] = stmt_text(row, 2 + i);
    visiting->visit(visiting->self, &figure);
  }
  stmt_done(row);
}

static void visit_others(struct visiting *visiting, int64_t from, int64_t to) {
  struct stmt *row = store_query(visiting->store,
                                 OF_CASE
                                 " WHERE counted=0 AND received_at>=?1 AND received_at<?2"
                                 " AND coalesce(closed,'')<>'merged' AND " SEEN,
                                 "iit", from, to, visiting->departments);
  while (stmt_row(row)) {
    read_case(visiting->store, row, &visiting->reading);
    visiting->visit(visiting->self, &visiting->reading.figure);
  }
  stmt_done(row);
}

// Where the part that begins at from ends.
static int64_t part_end(struct store *store, int64_t from, int64_t to) {
  return store_int(
      store, to,
      "SELECT min(?2, coalesce((SELECT received_at FROM case_figure WHERE"
      " received_at>?1 ORDER BY received_at LIMIT 1 OFFSET ?3), ?2), coalesce((SELECT"
      " received_at FROM case_file WHERE counted=0 AND received_at>?1 ORDER BY"
      " received_at LIMIT 1 OFFSET ?4), ?2))",
      "iiii", from, to, (int64_t)KEPT_AT_ONCE, (int64_t)OTHERS_AT_ONCE);
}

void case_figures(struct store *store, int64_t from, int64_t to, const char *departments,
                  case_figure_visit *visit, void *self) {
  struct visiting visiting = {
      .store = store, .departments = departments, .visit = visit, .self = self};
  while (from < to) {
    store_begin_read(store);
    int64_t until = part_end(store, from, to);
    visit_kept(&visiting, from, until);
    visit_others(&visiting, from, until);
    store_end_read(store);
    from = until;
  }
  buf_deinit(&visiting.reading.texts);
}
