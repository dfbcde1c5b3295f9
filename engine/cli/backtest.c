// afterward backtest: what other scripts would have done for those who are through.
#include "cli/commands.h"
#include "sim/program.h"

static int backtest(struct cli *cli) { return sim_program_run(cli, "backtest"); }

const struct cli_command cli_backtest = {
    .name = "backtest",
    .words = "[DEPARTMENT]",
    .does = "closed enrollments of a period through other scripts; nothing is sent",
    .more =
        "Asks the daemon what happened to the patients whose enrollment was closed in "
        "the\n"
        "period and plays it here: what is asked as it was then is answered as it was "
        "then,\n"
        "after as long. What was never asked is told as unanswerable and played as "
        "silence.\n"
        "Says which messages, tasks and alerts would come, not come or move, and how "
        "soon\n"
        "the first alert would be. Patients by their ids alone; docs/versions.md.\n"
        "Exit 1 when a run would be stuck.",
    .example =
        "afterward backtest ortho --from 2026-02-01 --to 2026-02-28 --scripts "
        "~/work/scripts",
    .options =
        (const struct cli_option[]){
            {"from", "DAY", "closed on this day or later, such as 2026-02-01"},
            {"to", "DAY", "and on this day at the latest"},
            {"pathway", "ID", "only this one's"},
            {"scripts", "DIR", "the scripts folder (/usr/share/afterward/scripts)"},
            {"details", NULL, "each enrollment that differs, with what and when"},
            {NULL}},
    .most = 1,
    .run = backtest};
