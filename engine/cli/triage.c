// afterward triage: how well a department's triages read.
#include "cli/commands.h"
#include "cli/scripts.h"
#include "sim/program.h"

static int triage(struct cli *cli) { return sim_program_run(cli, "evaluate"); }

const struct cli_command cli_triage = {
    .name = "triage",
    .words = "eval FILE.csv [DEPARTMENT]",
    .does = "how well triage reads items whose meaning people have told",
    .more =
        "FILE has a column text, and stage, type, nature, urgency, topic as far as they\n"
        "are known; empty is none. Each text comes in as feedback in a hospital in "
        "memory;\n"
        "what the department's triages make of it is held against the label: precision,\n"
        "recall and F1 of each class, their mean, and what was taken for what. Of "
        "urgency\n"
        "emergency and urgent both count as danger. DEPARTMENT is feedback unless said.",
    .example = "afterward triage eval labelled.csv --scripts ~/work/scripts",
    .verbs = (const char *const[]){"eval", NULL},
    .options = (const struct cli_option[]){{"scripts", "DIR", CLI_SCRIPTS_HELP},
                                           {"json", NULL, "all figures as JSON"},
                                           {NULL}},
    .least = 2,
    .most = 3,
    .local = true,
    .run = triage};
