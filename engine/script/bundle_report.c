#include "base/mem.h"
#include "script/bundle_parts.h"

enum { PROBLEMS_MOST = 500 };  // the rest is of no use to anybody

void bundle_report_add(struct bundle_report *report, const char *file, int line,
                       const char *message, bool warning) {
  if (!warning) report->errors++;
  if (report->count >= PROBLEMS_MOST) return;
  size_t size = (size_t)(report->count + 1) * sizeof *report->problems;
  report->problems = mem_resize(report->problems, size);
  report->problems[report->count++] =
      (struct bundle_problem){.file = mem_copy_text(file ? file : ""),
                              .line = line,
                              .message = mem_copy_text(message ? message : ""),
                              .warning = warning};
}

void bundle_report_deinit(struct bundle_report *report) {
  for (int i = 0; i < report->count; i++) {
    mem_free(report->problems[i].file);
    mem_free(report->problems[i].message);
  }
  mem_free(report->problems);
  *report = (struct bundle_report){0};
}

void bundle_report_text(const struct bundle_report *report, struct buf *out) {
  for (int i = 0; i < report->count; i++) {
    const struct bundle_problem *problem = &report->problems[i];
    if (*problem->file) buf_puts(out, problem->file);
    if (problem->line > 0) buf_printf(out, ":%d", problem->line);
    if (*problem->file) buf_puts(out, ": ");
    if (problem->warning) buf_puts(out, "warning: ");
    buf_printf(out, "%s\n", problem->message);
  }
}
