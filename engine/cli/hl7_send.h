// Sending HL7 messages over MLLP, one at a time.
#pragma once

#include "base/buf.h"
#include "cli/cli.h"

// Sends each message of the text and prints its acknowledgment. Gives an exit code:
// CLI_FAILED when one is not AA or CA, or none comes in 30 s.
int hl7_send(const struct cli *cli, const char *to, const struct buf *text);
