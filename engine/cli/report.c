// afterward report: figures of a month, for those who answer for them.
#include "cli/commands.h"
#include "sim/program.h"

static int report(struct cli *cli) { return sim_program_run(cli, "reports"); }

const struct cli_command cli_report = {
    .name = "report",
    .words = "feedback|follow-up|cockpit",
    .does = "what came of feedback, or of follow-up, in a month or a week",
    .more =
        "feedback: weeks that are out of the common, by name; volumes by stage, type,\n"
        "nature, department, ward, channel and tier with their trend; clocks kept;\n"
        "satisfaction and NPS (items called nps, 0 to 10, of any form) with their "
        "response;\n"
        "time to the answer against satisfaction; phrases that rise; problems of three\n"
        "months running; before and after what was mended.\n"
        "follow-up: who was due, coverage, connected, effective, timely, lost, return\n"
        "visits, readmission, complications, alerts; per department, ward, pathway and\n"
        "person. cockpit: both on one page.\n"
        "Rates have numerator, denominator and 95 % interval; docs/reports.md has the\n"
        "formulas. Counted beside the daemon's work.",
    .example =
        "afterward report feedback --month 2026-10 --html october.html\n"
        "afterward report follow-up --month 2026-10 --ward '3 East'\n"
        "afterward report cockpit --week 2026-W47 --html week.html",
    .verbs = (const char *const[]){"feedback", "follow-up", "cockpit", NULL},
    .options =
        (const struct cli_option[]){
            {"month", "YYYY-MM", "which month"},
            {"week", "YYYY-Www", "which week, from its Monday on"},
            {"from", "DAY", "any days, with --to"},
            {"to", "DAY", "the last of them"},
            {"department", "NAME", "of one department"},
            {"ward", "NAME", "follow-up: of one ward"},
            {"pathway", "NAME", "follow-up: of one pathway"},
            {"person", "LOGIN", "follow-up: of one person's calls, tasks and alerts"},
            {"csv", NULL, "tables for a spreadsheet"},
            {"html", "FILE", "one file with charts that opens offline"},
            {"json", NULL, "the figures as JSON"},
            {NULL}},
    .least = 1,
    .most = 1,
    .run = report};
