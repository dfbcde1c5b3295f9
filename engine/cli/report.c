// afterward report: figures of a month, for those who answer for them.
#include "cli/commands.h"
#include "sim/program.h"

static int report(struct cli *cli) { return sim_program_run(cli, "reports"); }

const struct cli_command cli_report = {
    .name = "report",
    .words = "feedback",
    .does = "what came of feedback in a month",
    .more =
        "Weeks that are out of the common, by name; volumes by stage, type, nature,\n"
        "department, ward, channel and tier with their trend; clocks kept; satisfaction\n"
        "and NPS (items called nps, 0 to 10, of any form) with their response; time to "
        "the\n"
        "answer against satisfaction; phrases that rise; problems of three months "
        "running;\n"
        "before and after what was mended. Rates have numerator, denominator and 95 %\n"
        "interval; the formulas are in docs/reports.md. Counted beside the daemon's "
        "work.",
    .example =
        "afterward report feedback --month 2026-10\n"
        "afterward report feedback --month 2026-10 --html october.html",
    .options = (const struct cli_option[]){{"month", "YYYY-MM", "which month"},
                                           {"department", "NAME", "of one department"},
                                           {"csv", NULL, "tables for a spreadsheet"},
                                           {"html", "FILE",
                                            "one file with charts that opens offline"},
                                           {"json", NULL, "the figures as JSON"},
                                           {NULL}},
    .least = 1,
    .most = 1,
    .run = report};
