// Commands about one patient: which one.
#pragma once

#include "cli/cli.h"

// Options of such a command, beside the word that is the patient's id.
#define CLI_WHICH \
  {"mrn", "NUMBER", "by record number (病案号)"}, { "phone", "NUMBER", "by phone number" }

// The patient's public id: the word, else what a search by those options finds. The
// caller frees. Gives an exit code.
int cli_patient_id(const struct cli *cli, char **id);
