// afterward test: a department's own specs.
#include "cli/commands.h"
#include "cli/scripts.h"
#include "sim/program.h"

static int test(struct cli *cli) { return sim_program_run(cli, "test"); }

const struct cli_command cli_test = {
    .name = "test",
    .words = "DEPARTMENT",
    .does = "run a department's specs; no daemon, nothing is sent",
    .more =
        "Runs scripts/DEPARTMENT/spec/…_spec.lua with busted, as the daemon does before\n"
        "it activates scripts that say gate = \"specs\". docs/testing.md says how to "
        "write "
        "them.\n"
        "A channel plugin's: afterward test NAME --scripts plugins.\n"
        "--mutate changes each number and comparison of the rules, and of the guards "
        "where,\n"
        "tier and when, one at a time, and runs the specs on each: those that still pass "
        "are\n"
        "listed, and make exit 1.\n"
        "Exit 1 too when there is no spec, or busted is not installed.",
    .example = "afterward test ortho\nafterward test ortho --watch",
    .options =
        (const struct cli_option[]){
            {"watch", NULL, "again whenever a script or a spec is saved; ^C ends it"},
            {"coverage", NULL, "which lines of each script no spec has run"},
            {"mutate", NULL,
             "which thresholds of the rules can change and no spec notices"},
            {"scripts", "DIR", CLI_SCRIPTS_HELP},
            {"json", NULL, "one object, what busted said among it"},
            {NULL}},
    .least = 1,
    .most = 1,
    .local = true,
    .run = test};
