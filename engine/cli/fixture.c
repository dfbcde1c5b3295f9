// afterward fixture: a live run as a spec.
#include "cli/commands.h"
#include "sim/program.h"

static int fixture(struct cli *cli) { return sim_program_run(cli, "fixture"); }

const struct cli_command cli_fixture = {
    .name = "fixture",
    .words = "RUN",
    .does = "write a spec from a live run, de-identified",
    .more =
        "The patient's facts, the discharge, answers, tasks and alerts as they came, and "
        "what\n"
        "was sent, planned and alarmed, until the run's end or now. It is tried here "
        "under the\n"
        "scripts of the folder before it is written, and refused when they do something "
        "else.\n"
        "Left out: names, numbers, addresses, birth date (the age stays), ids, who of "
        "the "
        "staff;\n"
        "what somebody wrote (a placeholder stands for it). Days are moved by whole "
        "weeks "
        "as a\n"
        "whole: hours, weekdays and distances stay. Codes and names of procedures, "
        "diagnoses\n"
        "and drugs, wards and numbers that were answered stay: read it before you share "
        "it.",
    .example =
        "afterward fixture rtyqb6zaykwx9 --output scripts/ortho/spec/silent_spec.lua\n"
        "afterward test ortho",
    .options =
        (const struct cli_option[]){
            {"output", "FILE", "write it here, else to standard output"},
            {"scripts", "DIR", "the scripts folder (./scripts)"},
            {"keep-text", NULL, "what somebody wrote stays as it was"},
            {NULL}},
    .least = 1,
    .most = 1,
    .run = fixture};
