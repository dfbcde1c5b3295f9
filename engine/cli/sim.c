// afterward sim, forecast and console: what would come, what will, and what scripts know.
#include "cli/commands.h"
#include "cli/scripts.h"
#include "sim/program.h"

static int simulate(struct cli *cli) { return sim_program_run(cli, "simulate"); }

const struct cli_command cli_sim = {
    .name = "sim",
    .words = "DEPARTMENT",
    .does = "play a cohort through a department's scripts; nothing is sent",
    .more =
        "The cohort is a discharge list, read as afterward import reads it; without "
        "one, 100\n"
        "people are invented for the department's pathways. Who answers, what and when "
        "says\n"
        "an answer model: docs/simulation.md. Prints what each kind of patient would "
        "get,\n"
        "what a day would cost, and which alerts would come. Exit 1 when rows were bad "
        "or\n"
        "runs would be stuck.",
    .example =
        "afterward sim ortho\n"
        "afterward sim ortho --patients discharges.csv --days 90 --html sim.html",
    .options =
        (const struct cli_option[]){
            {"patients", "FILE.csv",
             "the cohort: a discharge list (100 invented people)"},
            {"map", "FILE.lua", "which column is what (that of scripts/demo)"},
            {"days", "N", "until so long after the last discharge (90)"},
            {"answers", "FILE.lua", "an answer model of your own"},
            {"scripts", "DIR", CLI_SCRIPTS_HELP},
            {"lang", "zh|en", "of the account (the environment's) and the report (zh)"},
            {"html", "FILE", "write a report with charts, one file that opens offline"},
            {"seed", "N", "another seed, other chances (1)"},
            {"json", NULL, "the whole account as JSON"},
            {NULL}},
    .least = 1,
    .most = 1,
    .local = true,
    .run = simulate};

static int forecast(struct cli *cli) { return sim_program_run(cli, "forecast"); }

const struct cli_command cli_forecast = {
    .name = "forecast",
    .words = "[DEPARTMENT]",
    .does = "sends, calls and tasks of the coming weeks, by department and day",
    .more =
        "Counts the steps that enrolled patients have before them, times what such "
        "steps\n"
        "have led to until now. What nobody has been through yet is played with made-up\n"
        "patients, as afterward sim plays a list, and said to be. Patients still to "
        "come,\n"
        "watches and jobs are not in it; the last two are named.",
    .example = "afterward forecast ortho --weeks 4",
    .options = (const struct cli_option[]){{"weeks", "N", "how far, 1 to 12 (4)"},
                                           {"answers", "FILE.lua",
                                            "an answer model of your own"},
                                           {"scripts", "DIR", CLI_SCRIPTS_HELP},
                                           {NULL}},
    .most = 1,
    .run = forecast};

static int console(struct cli *cli) { return sim_program_run(cli, "console"); }

const struct cli_command cli_console = {
    .name = "console",
    .words = "PATIENT",
    .does = "try lines of Lua on a copy of a patient's facts; it is kept who looked",
    .more =
        "f is what a where or tier gets; rules and forms are there by name. Read-only, "
        "in\n"
        "the sandbox. At a terminal help lists what there is of the patient, Ctrl-D "
        "ends.\n"
        "Else a script comes from standard input: exit 1 when one of its statements "
        "failed.",
    .example = "afterward console p4f2p9k0m2qx8aw7 --department ortho",
    .options = (const struct cli_option[]){{"department", "NAME", "whose scripts look"},
                                           {"scripts", "DIR", CLI_SCRIPTS_HELP},
                                           {NULL}},
    .least = 1,
    .most = 1,
    .run = console};
