// afterward report: figures of a month, for those who answer for them.
#include "cli/commands.h"
#include "sim/program.h"

static int report(struct cli *cli) { return sim_program_run(cli, "feedback_report"); }

const struct cli_command cli_report = {
    .name = "report",
    .words = "feedback",
    .does = "what came of feedback in a month",
    .more =
        "Volumes by stage, type, nature, channel, department and tier with their trend,\n"
        "clocks kept, satisfaction, NPS (items called nps, 0 to 10, of any form), stars, "
        "time\n"
        "to the answer, phrases that rise, problems of three months running. Rates have\n"
        "numerator, denominator and their 95 % interval. Counted beside the daemon's "
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
