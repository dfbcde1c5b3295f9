#include "base/mem.h"
#include "script/bundle_parts.h"

enum { PROBLEMS_MOST = 500 };  // the rest is of no use to anybody

static char *copy(const char *text) { return mem_copy_text(text ? text : ""); }

void bundle_report_add(struct bundle_report *report,
                       const struct bundle_problem *problem) {
  if (!problem->warning) report->errors++;
  if (report->count >= PROBLEMS_MOST) return;
  if (problem->accepted) report->accepted++;
  size_t size = (size_t)(report->count + 1) * sizeof *report->problems;
  report->problems = mem_resize(report->problems, size);
  report->problems[report->count++] =
      (struct bundle_problem){.file = copy(problem->file),
                              .line = problem->line,
                              .column = problem->column,
                              .code = copy(problem->code),
                              .message = copy(problem->message),
                              .key = mem_copy_text(problem->key),
                              .accepted = mem_copy_text(problem->accepted),
                              .warning = problem->warning};
}

void bundle_report_deinit(struct bundle_report *report) {
  for (int i = 0; i < report->count; i++) {
    mem_free((void *)report->problems[i].file);
    mem_free((void *)report->problems[i].code);
    mem_free((void *)report->problems[i].message);
    mem_free((void *)report->problems[i].key);
    mem_free((void *)report->problems[i].accepted);
  }
  mem_free(report->problems);
  *report = (struct bundle_report){0};
}

void bundle_report_text(const struct bundle_report *report, struct buf *out) {
  for (int i = 0; i < report->count; i++) {
    const struct bundle_problem *problem = &report->problems[i];
    if (problem->accepted) continue;
    if (*problem->file) buf_puts(out, problem->file);
    if (problem->line > 0) buf_printf(out, ":%d", problem->line);
    if (*problem->file) buf_puts(out, ": ");
    if (problem->warning) buf_puts(out, "warning: ");
    buf_printf(out, "%s\n", problem->message);
  }
}

static const char *text_field(lua_State *L, int problem, const char *name) {
  lua_getfield(L, problem, name);
  return lua_tostring(L, -1);
}

static int number_field(lua_State *L, int problem, const char *name) {
  lua_getfield(L, problem, name);
  return (int)lua_tointeger(L, -1);
}

static void read_problem(lua_State *L, struct bundle_report *report) {
  int top = lua_gettop(L);
  struct bundle_problem problem = {.file = text_field(L, top, "file"),
                                   .line = number_field(L, top, "line"),
                                   .column = number_field(L, top, "column"),
                                   .code = text_field(L, top, "code"),
                                   .message = text_field(L, top, "message"),
                                   .key = text_field(L, top, "key"),
                                   .accepted = text_field(L, top, "accepted")};
  lua_getfield(L, top, "warning");
  problem.warning = lua_toboolean(L, -1);
  bundle_report_add(report, &problem);
  lua_settop(L, top);
}

void bundle_report_read(struct bundle_report *report, lua_State *L) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, -1, i);
    read_problem(L, report);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}
